import { missing, PostgresServer } from '@taskwire/faults'
import { startEmbedded } from '@taskwire/db/embedded'

/** The PostgreSQL that a bench runs on. */
export interface BenchPostgres {
  readonly name: string
  readonly url: string
  readonly stop: () => Promise<void>
}

export const postgresOption = `  --postgres 15      Debian's PostgreSQL 15, started for this run (testing/faults/install.sh installs it)`

/** The server that `--postgres` asks for, else that of DATABASE_URL, else an embedded one in `dataDir`. */
export async function startPostgres(version: string | undefined, dataDir: string): Promise<BenchPostgres> {
  if (version !== undefined) return debianPostgres(version)
  const url = process.env['DATABASE_URL']
  if (url !== undefined) return { name: 'PostgreSQL of DATABASE_URL', url, stop: async () => {} }
  const embedded = await startEmbedded({ dataDir })
  return { name: 'embedded PostgreSQL', url: embedded.url, stop: embedded.stop }
}

/** Durable, and with PostgreSQL's own defaults where the tests have others. */
async function debianPostgres(version: string): Promise<BenchPostgres> {
  if (version !== '15') throw new Error('--postgres must be 15')
  const reason = missing('postgres')
  if (reason !== undefined) throw new Error(reason)
  const settings = {
    fsync: 'on',
    max_connections: '200',
    shared_buffers: '128MB',
    wal_keep_size: '0',
    jit: 'off',
  }
  const server = await PostgresServer.start({ settings })
  return { name: 'PostgreSQL 15', url: server.url, stop: () => server[Symbol.asyncDispose]() }
}
