import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atExit } from './at_exit.ts'

/** A data directory for one run, which PostgreSQL's own account can access. Neither it nor its PostgreSQL outlives the program. */
export async function scratchDirectory(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'taskwire-bench-'))
  await chmod(path, 0o755)
  atExit(() => {
    for (const pid of postmastersIn(path)) quit(pid)
    rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  })
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }) }
}

function quit(pid: number): void {
  try {
    process.kill(pid, 'SIGQUIT')
  } catch {
    // It has ended, and left its file.
  }
}

/** The embedded PostgreSQL runs in a session of its own, which Ctrl-C does not reach. */
function postmastersIn(path: string): number[] {
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => file.endsWith('postmaster.pid'))
    .map((file) => Number(readFileSync(join(path, file), 'utf8').split('\n', 1)[0]))
}
