import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseSync } from 'node:sqlite'
import { DatabaseNotReady } from '../migrate/database_not_ready.ts'

/**
 * Runs `work` while no other process does so under the same file. Node has no flock; SQLite's lock is one of the
 * kernel's, which a killed process cannot leave behind.
 */
export async function underLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const held = await acquired(file)
  try {
    return await work()
  } finally {
    held.close()
  }
}

async function acquired(file: string): Promise<DatabaseSync> {
  const deadline = Date.now() + 60_000
  const lock = new DatabaseSync(file, { timeout: 0 })
  for (;;) {
    try {
      lock.exec('BEGIN EXCLUSIVE')
      return lock
    } catch (error) {
      const busy = error instanceof Error && /locked|busy/.test(error.message)
      if (busy && Date.now() < deadline) {
        await sleep(20)
        continue
      }
      lock.close()
      const line = `another process has kept ${file} locked for a minute: end it, then start again`
      throw busy ? new DatabaseNotReady('embedded_unavailable', line, error) : error
    }
  }
}
