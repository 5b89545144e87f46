import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Migration = {
  name: string
  sql: string
  checksum: string
  /** Whether versions that do not have it cannot serve from the database any more: its first line is `-- breaking`. */
  isBreaking: boolean
}

export const migrationsDirectory = fileURLToPath(new URL('../../migrations', import.meta.url))

/** The committed migrations, oldest first. */
export async function migrationsIn(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return Promise.all(
    names.toSorted().map(async (name) => {
      const sql = await readFile(join(directory, name, 'migration.sql'), 'utf8')
      const isBreaking = /^-- breaking[ \t]*\r?(\n|$)/.test(sql)
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex'), isBreaking }
    }),
  )
}
