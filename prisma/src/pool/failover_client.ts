import { Client, type ClientConfig } from 'pg'
import type { ServerFinder } from './server_finder.ts'

const CONNECT_MS = 3000
/** What the search may take of that. What is left is enough to connect where a server has just answered. */
const SEARCH_SHARE = 5 / 6
/** A write was refused by a standby, or by a server that was made read-only. */
const READ_ONLY_TRANSACTION = '25006'

type Connected = ((error: Error) => void) | ((error: null, client: Client) => void)

/** A client that connects to the server that is to be used at that moment. It is given up where that becomes read-only. */
export function failoverClient(finder: ServerFinder): typeof Client {
  return class FailoverClient extends Client {
    readonly #connectMs: number

    constructor(config?: string | ClientConfig) {
      super(config)
      const given = typeof config === 'object' ? config.connectionTimeoutMillis : undefined
      this.#connectMs = given ?? CONNECT_MS
      // One that is lost before whoever opened it is told would end the process. The first statement fails instead.
      this.on('error', () => {})
    }

    override connect(): Promise<Client>
    override connect(connected: Connected): void
    override connect(connected?: Connected): Promise<Client> | void {
      const opened = this.#connect()
      if (connected === undefined) return opened
      // Called as pg calls it, where what is thrown is not a rejection.
      opened.then(
        () => process.nextTick(connected, null, this),
        (error: Error) => process.nextTick(connected, error),
      )
    }

    async #connect(): Promise<Client> {
      const { stream } = this.connection
      const end = performance.now() + this.#connectMs
      Object.assign(this, await finder.find(this.#connectMs * SEARCH_SHARE))
      // Whoever opened it may have given it up meanwhile, and has reported a timeout.
      if (stream.destroyed) throw new Error('timeout expired')
      const limit = setTimeout(() => stream.destroy(new Error('timeout expired')), end - performance.now())
      this.connection.on('errorMessage', ({ code }: { readonly code?: unknown }) => {
        if (code === READ_ONLY_TRANSACTION) this.#leave()
      })
      try {
        return await super.connect()
      } catch (error) {
        finder.forget()
        throw error
      } finally {
        clearTimeout(limit)
      }
    }

    /** After the error has reached its statement. */
    #leave(): void {
      finder.forget()
      setImmediate(() => this.connection.stream.destroy())
    }
  }
}
