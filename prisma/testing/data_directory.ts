import { createHash } from 'node:crypto'
import { statfs } from 'node:fs/promises'
import { freemem } from 'node:os'

const MEMORY = '/dev/shm'
const GIB = 2 ** 30

/**
 * Where a PostgreSQL of the tests has its data: in memory where there is room, otherwise at `onDisk`. On ext4 a clone of a
 * database and its end take ten times the CPU (docs/tests.md), and a run makes hundreds. What a run leaves there, about
 * 100 MB, the next one uses; a restart of the machine frees it.
 */
export async function testDataDirectory(onDisk: string): Promise<string> {
  const memory = await statfs(MEMORY).catch(() => undefined)
  const hasRoom = memory !== undefined && memory.bavail * memory.bsize > 2 * GIB && freemem() > 4 * GIB
  if (!hasRoom) return onDisk
  // Another clone, and another account, has its own.
  const name = createHash('sha256').update(`${process.getuid?.()} ${onDisk}`).digest('hex').slice(0, 12)
  return `${MEMORY}/taskwire-test-${name}`
}
