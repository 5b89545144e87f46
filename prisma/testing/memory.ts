import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, statfsSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'

const MEMORY = '/dev/shm'
const GIB = 2 ** 30

/**
 * A folder in memory for the data of the tests of this clone, or undefined where there is too little room. On ext4 a clone of
 * a database and its end take ten times the CPU (docs/tests.md), and a run makes hundreds. What a run leaves there, about
 * 100 MB, the next one uses; a restart of the machine frees it.
 */
export function memoryDirectory(): string | undefined {
  if (roomIn(MEMORY) < 4 * GIB || freemem() < 6 * GIB) return undefined
  // Another clone has its own, and another account.
  const name = createHash('sha256')
    .update(`${process.getuid?.()} ${import.meta.dirname}`)
    .digest('hex')
    .slice(0, 12)
  const directory = join(MEMORY, `taskwire-test-${name}`)
  mkdirSync(directory, { recursive: true })
  // PostgreSQL runs as another account where the tests run as root.
  chmodSync(directory, 0o755)
  return directory
}

/** Temporary files of this process and of those that it starts are made in memory: data of servers, profiles of browsers. */
export function temporaryFilesInMemory(): void {
  const directory = memoryDirectory()
  if (directory === undefined) return
  process.env['TMPDIR'] = join(directory, 'tmp')
  mkdirSync(join(directory, 'tmp'), { recursive: true })
}

/** Bytes that are free in a file system; 0 if there is none. */
function roomIn(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize
  } catch {
    return 0
  }
}
