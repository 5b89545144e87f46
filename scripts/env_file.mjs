import { accessSync, constants, statSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from './progress.mjs'

/** Node's flags that load `.env` of a directory. Variables that are set in the environment take precedence over it. */
export function envFileFlags(directory) {
  const file = join(directory, '.env')
  const stats = statSync(file, { throwIfNoEntry: false })
  if (stats === undefined) return []
  try {
    accessSync(file, constants.R_OK)
  } catch (error) {
    fail(`.env cannot be read: ${error.message}`)
  }
  if (stats.isDirectory()) fail('.env cannot be read: it is a directory')
  return [`--env-file=${file}`]
}
