import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase, type Database } from '@taskwire/db'
import { startEmbedded } from '@taskwire/db/embedded'

/** Runs SQL on the database of a data directory, whether or not a server is running on it. */
export async function withDatabase<T>(dataDir: string, work: (pool: Database['pool']) => Promise<T>): Promise<T> {
  const embedded = await startEmbedded({ dataDir })
  const database = openDatabase({ url: embedded.url, poolMax: 1 })
  try {
    return await work(database.pool)
  } finally {
    await database.close()
    await embedded.stop()
  }
}

/**
 * Shrinks the data directory of a stopped server. The current segment of the write-ahead log starts afresh; segments
 * preallocated for later hold only recycled data, and PostgreSQL recreates them if they are missing.
 */
export async function trimLog(dataDir: string): Promise<void> {
  const current = await withDatabase(dataDir, async (pool) => {
    await pool.query('SELECT pg_switch_wal()')
    await pool.query('CHECKPOINT')
    const { rows } = await pool.query<{ name: string }>('SELECT pg_walfile_name(pg_current_wal_lsn()) AS name')
    return rows[0]?.name ?? ''
  })
  const log = join(dataDir, 'postgres', 'data', 'pg_wal')
  const later = (await readdir(log)).filter((name) => /^[0-9A-F]{24}$/.test(name) && name > current)
  for (const name of later) await rm(join(log, name))
}
