import { setTimeout as sleep } from 'node:timers/promises'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { unwritable } from './unwritable.ts'
import { DatabaseStartupError } from '../migrate/database_startup_error.ts'

const WAIT_MS = 60_000

/**
 * Runs `work` while holding an exclusive lock on `file`. Node has no flock; SQLite's lock is a kernel lock, which a
 * killed process cannot leave behind. Waits for it as long as it is told, in milliseconds.
 */
export async function underLock<T>(file: string, work: () => Promise<T>, waitMs = WAIT_MS): Promise<T> {
  const lock = await acquire(file, waitMs)
  try {
    return await work()
  } finally {
    lock.close()
  }
}

function open(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file, { timeout: 0 })
  } catch (error) {
    throw unwritable(dirname(file), error)
  }
}

async function acquire(file: string, waitMs: number): Promise<DatabaseSync> {
  const deadline = Date.now() + waitMs
  const lock = open(file)
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
      throw busy ? new DatabaseStartupError('embedded_unavailable', line, error) : unwritable(dirname(file), error)
    }
  }
}
