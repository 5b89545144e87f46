import { statfsSync } from 'node:fs'
import { DatabaseStartupError, errorMessage } from '../migrate/database_startup_error.ts'

const FULL_BYTES = 1e6

/** Says why nothing can be written into a directory: SQLite and mkdir report a full disk in different ways, or not at all. */
export function unwritable(directory: string, cause: unknown): DatabaseStartupError {
  if (isFull(directory)) return diskFull(directory, cause)
  const line = `${directory} cannot be written (${errorMessage(cause)}): give it to the user who runs this, or set TASKWIRE_DATA_DIR`
  return new DatabaseStartupError('embedded_unavailable', line, cause)
}

export function diskFull(directory: string, cause: unknown): DatabaseStartupError {
  const line = `the disk of ${directory} is full: make room, then start again`
  return new DatabaseStartupError('embedded_unavailable', line, cause)
}

function isFull(directory: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(directory)
    return bavail * bsize < FULL_BYTES
  } catch {
    return false
  }
}
