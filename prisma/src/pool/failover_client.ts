import type { Client, ClientConfig } from 'pg'
import type { Target } from './database_url.ts'
import { ConnectionError } from './error_code.ts'
import { OpeningClient } from './opening_client.ts'
import type { ServerFinder } from './server_finder.ts'

const CONNECT_MS = 3000
/** What the search may take of that. What is left is enough to connect where a server has just answered. */
const SEARCH_SHARE = 5 / 6
/** A write was refused by a standby, or by a server that was made read-only. */
const READ_ONLY_TRANSACTION = '25006'

/** What a server reports as its connections open, by what they are for. A pooler may keep it to itself. */
const REFUSED: Readonly<Record<Target, readonly string[]>> = {
  any: [],
  primary: ['in_hot_standby'],
  'read-write': ['in_hot_standby', 'default_transaction_read_only'],
}

interface ParameterStatus {
  readonly parameterName: string
  readonly parameterValue: string
}

/** A client that connects to the server that is to be used at that moment. It is given up where that becomes read-only. */
export function failoverClient(finder: ServerFinder, target: Target): typeof Client {
  return class FailoverClient extends OpeningClient {
    readonly #connectMs: number

    constructor(config?: string | ClientConfig) {
      super(config)
      const given = typeof config === 'object' ? config.connectionTimeoutMillis : undefined
      this.#connectMs = given ?? CONNECT_MS
    }

    protected override async open(connect: () => Promise<unknown>): Promise<Client> {
      const { stream } = this.connection
      const end = performance.now() + this.#connectMs
      Object.assign(this, await finder.find(this.#connectMs * SEARCH_SHARE))
      // Whoever opened it may have given it up meanwhile, and has reported a timeout.
      if (stream.destroyed) throw new Error('timeout expired')
      const limit = setTimeout(() => stream.destroy(new Error('timeout expired')), end - performance.now())
      this.connection.on('errorMessage', ({ code }: { readonly code?: unknown }) => {
        if (code === READ_ONLY_TRANSACTION) this.#leave()
      })
      const reported = this.#reported()
      try {
        await connect()
        assertAllowed(target, reported)
        return this
      } catch (error) {
        stream.destroy()
        finder.forget()
        throw error
      } finally {
        clearTimeout(limit)
      }
    }

    #reported(): Map<string, string> {
      const reported = new Map<string, string>()
      this.connection.on('parameterStatus', ({ parameterName, parameterValue }: ParameterStatus) =>
        reported.set(parameterName, parameterValue),
      )
      return reported
    }

    /** After the error has reached its statement. */
    #leave(): void {
      finder.forget()
      setImmediate(() => this.connection.stream.destroy())
    }
  }
}

/** What was found may be a proxy, which leads each connection to a server of its choice. */
function assertAllowed(target: Target, reported: ReadonlyMap<string, string>): void {
  const name = REFUSED[target].find((one) => reported.get(one) === 'on')
  if (name !== undefined) throw new ConnectionError('NO_SERVER', `the server does not take writes: ${name} is on`)
}
