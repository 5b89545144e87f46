import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { errorMessage } from '../migrate/database_not_ready.ts'
import type { Home } from './instance_dir.ts'
import { type Endpoint, endpointFor, recordedPostmaster } from './postmaster.ts'
import { runningServer } from './running.ts'

export type PresenceOptions = {
  password: string
  durable: boolean
  log: (message: string) => void
  /** Runs something while no other process starts or stops the server. */
  exclusively: <T>(work: () => Promise<T>) => Promise<T>
}

/**
 * One connection that says: a process uses this server. Pools close idle connections, so without it a process that
 * leaves could not know whether it is the last; and its end tells us at once that the server died.
 */
export class Presence {
  readonly #home: Home
  readonly #options: PresenceOptions
  readonly #endpoint: Endpoint
  #client: Client
  #leaving: Promise<void> | undefined

  /** To be called exclusively. Starts the server where none runs. */
  static async at(home: Home, options: PresenceOptions): Promise<Presence> {
    const { client, endpoint } = await runningServer(home, await endpointFor(home), options)
    return new Presence(home, options, endpoint, client)
  }

  private constructor(home: Home, options: PresenceOptions, endpoint: Endpoint, client: Client) {
    this.#home = home
    this.#options = options
    this.#endpoint = endpoint
    this.#client = client
    this.#watch()
  }

  get url(): string {
    const { host, port } = this.#endpoint
    const login = `postgres:${this.#options.password}`
    // The query's host wins where it is a socket's directory; libpq reads it in the same way.
    const socket = host.startsWith('/') ? `host=${encodeURIComponent(host)}&` : ''
    return `postgresql://${login}@${socket ? 'localhost' : host}:${port}/taskwire?${socket}sslmode=disable`
  }

  /** To be called exclusively. Stops the server unless somebody else is connected. */
  leave(): Promise<void> {
    this.#leaving ??= this.#leave()
    return this.#leaving
  }

  async #leave(): Promise<void> {
    const alone = await this.#isAlone()
    const postmaster = recordedPostmaster(this.#home)
    await this.#client.end().catch(() => {})
    if (!alone || postmaster === undefined) return
    process.kill(postmaster.pid, 'SIGINT')
    // It goes on shutting down without us should it take longer; who starts next waits for it.
    const deadline = Date.now() + 3500
    while (recordedPostmaster(this.#home) && Date.now() < deadline) await sleep(10)
  }

  async #isAlone(): Promise<boolean> {
    const sql = `SELECT count(*)::int AS others FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`
    // A connection that was closed a moment ago is still seen for another.
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
      if (this.#leaving === undefined) void this.#return()
    })
  }

  async #return(): Promise<void> {
    const { exclusively, log } = this.#options
    log('the embedded PostgreSQL is gone; starting it again')
    while (this.#leaving === undefined) {
      try {
        const { client } = await exclusively(() => runningServer(this.#home, this.#endpoint, this.#options))
        this.#client = client
        this.#watch()
        log('the embedded PostgreSQL is back')
        return
      } catch (error) {
        log(errorMessage(error))
        await sleep(2000)
      }
    }
  }
}
