import { kill } from 'node:process'
import { join } from 'node:path'
import { Client } from 'pg'
import { type Child, childrenOf, startChild } from './child.ts'
import { POSTGRES_BIN } from './debian.ts'
import { CHECK_USER, type Cluster, type ClusterPlaces, copied, initialized, PASSWORD } from './postgres_cluster.ts'
import { freePort } from './ports.ts'
import { until } from './until.ts'

/** How a server is stopped: `fast` and `immediate` as PostgreSQL means them, `kill` with SIGKILL to every process. */
export type StopMode = 'fast' | 'immediate' | 'kill'

export interface PostgresOptions extends ClusterPlaces {
  /** Parameters of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>
}

export interface StandbyOptions {
  /** Whether commits on the primary wait from now on until this standby has them on disk. */
  readonly synchronous?: boolean
}

const DEFAULTS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '50',
  // Only processes crash here, not the machine.
  fsync: 'off',
  shared_buffers: '16MB',
  wal_keep_size: '64MB',
  hot_standby: 'on',
}

const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const

/** Debian's PostgreSQL on a free port, with its own data. Disposing of it ends it and removes the data. */
export class PostgresServer implements AsyncDisposable {
  readonly port: number
  readonly #cluster: Cluster
  readonly #settings: Readonly<Record<string, string>>
  #process: Child | undefined

  private constructor(cluster: Cluster, port: number, settings: Readonly<Record<string, string>>) {
    this.#cluster = cluster
    this.port = port
    this.#settings = settings
  }

  static async start({ settings = {}, ...places }: PostgresOptions = {}): Promise<PostgresServer> {
    const server = await PostgresServer.#started(await initialized(places), settings)
    await server.query(`CREATE ROLE ${CHECK_USER} LOGIN`)
    return server
  }

  static async #started(cluster: Cluster, settings: Readonly<Record<string, string>>): Promise<PostgresServer> {
    const server = new PostgresServer(cluster, await freePort(), settings)
    try {
      await server.start()
      return server
    } catch (error) {
      await server[Symbol.asyncDispose]()
      throw error
    }
  }

  /** As the superuser, to the database `postgres`. A standby's URL is read-only until it is promoted. */
  get url(): string {
    return this.urlOf('postgres')
  }

  urlOf(database: string): string {
    return `postgresql://postgres:${PASSWORD}@127.0.0.1:${this.port}/${database}`
  }

  /** The server's log since it was last started. */
  log(): string {
    return this.#process?.output() ?? ''
  }

  running(): boolean {
    return this.#process?.running() ?? false
  }

  /** Runs one statement as the superuser on a connection of its own. */
  async query(text: string): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: this.url, connectionTimeoutMillis: 5000 })
    client.on('error', () => {})
    await client.connect()
    try {
      return (await client.query<Record<string, unknown>>(text)).rows
    } finally {
      await client.end()
    }
  }

  /** Starts it again after `stop`, on the same port, and resolves when it answers. */
  async start(): Promise<void> {
    if (this.running()) return
    const settings = { ...DEFAULTS, ...this.#settings, port: String(this.port) }
    const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const child = startChild(join(POSTGRES_BIN, 'postgres'), ['-D', this.#cluster.data, ...given])
    this.#process = child
    await until('PostgreSQL answers', async () => !child.running() || (await this.query('SELECT 1')))
    if (!child.running()) throw new Error(`PostgreSQL did not start: ${child.output()}`)
  }

  async stop(mode: StopMode): Promise<void> {
    const child = this.#process
    if (child === undefined || !child.running()) return
    if (mode === 'kill') {
      // Suspended first; otherwise the processes that live a moment longer would notify their clients.
      this.freeze()
      for (const pid of this.processes()) signal(pid, 'SIGKILL')
    } else {
      this.thaw()
      child.signal(SIGNALS[mode])
    }
    await child.ended
  }

  async restart(mode: StopMode): Promise<void> {
    await this.stop(mode)
    await this.start()
  }

  /** Suspends all its processes: connections stay open, the kernel accepts new ones, and nothing responds. */
  freeze(): void {
    for (const pid of this.processes()) signal(pid, 'SIGSTOP')
  }

  thaw(): void {
    for (const pid of this.processes().toReversed()) signal(pid, 'SIGCONT')
  }

  /** A copy that follows this server, with the same settings, as soon as it streams. */
  async standby({ synchronous = false }: StandbyOptions = {}): Promise<PostgresServer> {
    const name = `standby_${await freePort()}`
    const standby = await PostgresServer.#started(await copied({ port: this.port, name }), this.#settings)
    const streams = `SELECT 1 FROM pg_stat_replication WHERE application_name = '${name}' AND state = 'streaming'`
    await until('the standby streams', async () => (await this.query(streams)).length === 1)
    if (synchronous) await this.configure({ synchronous_standby_names: name })
    return standby
  }

  /** Promotes a standby. Resolves when it accepts writes. */
  async promote(): Promise<void> {
    await this.query('SELECT pg_promote()')
    await until(
      'it takes writes',
      async () => (await this.query('SHOW transaction_read_only'))[0]?.['transaction_read_only'] === 'off',
    )
  }

  /** Sets parameters that need no restart. */
  async configure(settings: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, value] of Object.entries(settings)) await this.query(`ALTER SYSTEM SET ${name} = '${value}'`)
    await this.query('SELECT pg_reload_conf()')
  }

  /** The ids of its processes. The postmaster, which forks the others, comes first. */
  processes(): number[] {
    const child = this.#process
    return child?.running() ? [child.pid, ...childrenOf(child.pid)] : []
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('kill')
    await this.#cluster.remove()
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    kill(pid, name)
  } catch {
    // It has ended meanwhile.
  }
}
