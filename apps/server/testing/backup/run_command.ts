import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs one of the commands in `src/` with these variables and no others. */
export async function runCommandFile(
  path: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  const file = fileURLToPath(new URL(`../../src/${path}`, import.meta.url))
  const flags = ['--disable-warning=ExperimentalWarning', file, ...args]
  return promisify(execFile)(process.execPath, flags, {
    env: { PATH: '/usr/bin:/bin', NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...variables },
  }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: CommandResult) => ({ code, stdout, stderr }),
  )
}
