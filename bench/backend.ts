import { readFile } from 'node:fs/promises'
import { migrate } from '@taskwire/db/migrate'
import { Client } from 'pg'
import { startPostgres } from './postgres.ts'
import { scratchDirectory } from './scratch.ts'

/** One connection to a migrated PostgreSQL of its own, and the resources that its backend uses (so Linux only). */
export interface Backend {
  readonly url: string
  readonly client: Client
  /** The single number that a statement returns. */
  readonly number: (text: string) => Promise<number>
  /** Bytes of write-ahead log of the whole server. */
  readonly walBytes: () => Promise<number>
  /** CPU time from the file in which Linux counts nanoseconds; elsewhere it counts ticks of 10 ms. */
  readonly cpuSeconds: () => Promise<number>
  readonly stop: () => Promise<void>
}

export async function startBackend(version?: string): Promise<Backend> {
  const scratch = await scratchDirectory()
  const { url, stop } = await startPostgres(version, scratch.path)
  await migrate(url)
  const client = new Client({ connectionString: url })
  await client.connect()

  async function number(text: string): Promise<number> {
    const { rows } = await client.query<Record<string, number>>(text)
    return Object.values(rows[0] ?? {})[0] ?? NaN
  }
  const pid = await number('SELECT pg_backend_pid()')

  return {
    url,
    client,
    number,
    walBytes: () => number(`SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8`),
    cpuSeconds: async () => {
      const [ran] = (await readFile(`/proc/${pid}/schedstat`, 'utf8')).split(' ')
      return Number(ran) / 1e9
    },
    stop: async () => {
      await client.end()
      await stop()
      await scratch.remove()
    },
  }
}
