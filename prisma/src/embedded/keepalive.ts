import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { errorMessage } from '../migrate/database_startup_error.ts'
import type { InstanceDir } from './instance_dir.ts'
import { type Endpoint, endpointFor, recordedPostmaster } from './postmaster.ts'
import { runningServer } from './running.ts'

export type KeepaliveOptions = {
  password: string
  durable: boolean
  log: (message: string) => void
  /** Called each time that the server runs or starts by itself. */
  onStarting?: (() => void) | undefined
  /** Runs `work` while no other process starts or stops the server. */
  exclusively: <T>(work: () => Promise<T>) => Promise<T>
}

/**
 * A connection that marks the server as in use by this process. Pools close idle connections, so without it a process
 * that disconnects could not know whether it is the last one; and when it breaks, the server has died.
 */
export class Keepalive {
  readonly #instance: InstanceDir
  readonly #options: KeepaliveOptions
  readonly #endpoint: Endpoint
  #client: Client
  #leaving: Promise<void> | undefined

  /** Starts the server if it is not running. Call it under the lock. */
  static async at(instance: InstanceDir, options: KeepaliveOptions): Promise<Keepalive> {
    const { client, endpoint } = await runningServer(instance, await endpointFor(instance), options)
    return new Keepalive(instance, options, endpoint, client)
  }

  private constructor(instance: InstanceDir, options: KeepaliveOptions, endpoint: Endpoint, client: Client) {
    this.#instance = instance
    this.#options = options
    this.#endpoint = endpoint
    this.#client = client
    this.#watch()
  }

  get url(): string {
    const { host, port } = this.#endpoint
    const login = `postgres:${this.#options.password}`
    // A socket directory in the query's `host` overrides the host part, as in libpq.
    const socket = host.startsWith('/') ? `host=${encodeURIComponent(host)}&` : ''
    return `postgresql://${login}@${socket ? 'localhost' : host}:${port}/taskwire?${socket}sslmode=disable`
  }

  /** Stops the server unless another client is connected. Call it under the lock. */
  leave(): Promise<void> {
    this.#leaving ??= this.#leave()
    return this.#leaving
  }

  async #leave(): Promise<void> {
    const isLast = await this.#isLastClient()
    const postmaster = recordedPostmaster(this.#instance)
    await this.#client.end().catch(() => {})
    if (!isLast || postmaster === undefined) return
    process.kill(postmaster.pid, 'SIGINT')
    // If shutdown takes longer, it continues in the background; the next process to start waits for it.
    const deadline = Date.now() + 3500
    while (recordedPostmaster(this.#instance) && Date.now() < deadline) await sleep(10)
  }

  async #isLastClient(): Promise<boolean> {
    const sql = `SELECT count(*)::int AS others FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`
    // A connection that has just been closed may still be listed.
    for (let attempt = 0; attempt < 15; attempt++) {
      const answer = await this.#client.query<{ others: number }>(sql).catch(() => undefined)
      if (answer === undefined) return false
      if (answer.rows[0]?.others === 0) return true
      await sleep(20)
    }
    return false
  }

  #watch(): void {
    this.#client.once('end', () => {
      if (this.#leaving === undefined) void this.#restart()
    })
  }

  async #restart(): Promise<void> {
    const { exclusively, log } = this.#options
    log('the embedded PostgreSQL has stopped; starting it again')
    while (this.#leaving === undefined) {
      try {
        const { client } = await exclusively(() => runningServer(this.#instance, this.#endpoint, this.#options))
        this.#client = client
        this.#watch()
        log('the embedded PostgreSQL is running again')
        return
      } catch (error) {
        log(errorMessage(error))
        await sleep(2000)
      }
    }
  }
}
