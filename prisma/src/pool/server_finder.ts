import { Client, type ClientConfig } from 'pg'
import { isConnectionLimit } from './budget.ts'
import { nameOf, type DatabaseAddress, type DatabaseServer, type Target } from './database_url.ts'
import { ConnectionError } from './error_code.ts'
import { firstSuitable } from './first_suitable.ts'

/** Knows which of several servers to connect to. Connections that open at the same time share one search. */
export interface ServerFinder {
  /** The first server that answers and allows what it must. Rejects where none does, after `withinMs` at most. */
  find(withinMs: number): Promise<DatabaseServer>
  /** Makes the next connection search again. */
  forget(): void
}

/** What was found holds for the other connections of a burst, and what was not found does so for a little. */
const KNOWN_MS = 1000
const ABSENT_MS = 200
/** A server that has not answered after this long is asked on beside the next one: it may have no network. */
const NEXT_MS = 250

/** `config` is that of the connections, with the login. `log` is called when another server than before is found. */
export function serverFinder(
  { servers, target }: DatabaseAddress,
  config: ClientConfig,
  log?: (message: string) => void,
): ServerFinder {
  let search: Promise<DatabaseServer> | undefined
  let validUntil = -Infinity
  let last: DatabaseServer | undefined

  async function start(withinMs: number): Promise<DatabaseServer> {
    try {
      const found = await suitable(withinMs)
      validUntil = performance.now() + KNOWN_MS
      if (last !== undefined && last !== found) log?.(`the database is now ${nameOf(found)}, after ${nameOf(last)}`)
      last = found
      return found
    } catch (error) {
      validUntil = performance.now() + ABSENT_MS
      throw error
    }
  }

  async function suitable(withinMs: number): Promise<DatabaseServer> {
    const over = new AbortController()
    const limit = setTimeout(() => over.abort(), withinMs)
    try {
      const ask = (server: DatabaseServer) => probe({ server, target, config, signal: over.signal })
      return await firstSuitable(servers, ask, { nextMs: NEXT_MS, signal: over.signal })
    } catch (error) {
      throw searchError(servers, error)
    } finally {
      clearTimeout(limit)
      // Ends the questions to the others.
      over.abort()
    }
  }

  return {
    find(withinMs) {
      if (search === undefined || performance.now() > validUntil) {
        validUntil = Infinity
        search = start(withinMs)
      }
      return search
    },
    forget() {
      if (validUntil !== Infinity) validUntil = -Infinity
    },
  }
}

function searchError(servers: readonly DatabaseServer[], error: unknown): unknown {
  const failures: unknown[] = error instanceof AggregateError ? error.errors : [error]
  // The pool then shares the connections that it has.
  const full = failures.find(isConnectionLimit)
  if (full !== undefined) return full
  const reasons = servers.map((server, index) => {
    const failure = failures[index]
    return `${nameOf(server)}: ${failure instanceof Error ? failure.message : String(failure)}`
  })
  return new ConnectionError('NO_SERVER', `no server can be used: ${reasons.join('; ')}`, error)
}

interface Probe {
  readonly server: DatabaseServer
  readonly target: Target
  readonly config: ClientConfig
  readonly signal: AbortSignal
}

/** Rejects where a server does not answer or does not allow what it must. */
async function probe({ server, target, config, signal }: Probe): Promise<void> {
  signal.throwIfAborted()
  // The search has a limit of its own.
  const client = Object.assign(new Client({ ...config, connectionTimeoutMillis: 0 }), server)
  client.on('error', () => {})
  const giveUp = () => client.connection.stream.destroy(new Error('no answer in time'))
  signal.addEventListener('abort', giveUp)
  try {
    await client.connect()
    if (target !== 'any') await assertWritable(client, target)
  } finally {
    signal.removeEventListener('abort', giveUp)
    void client.end().catch(() => {})
  }
}

const SESSION = `SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only')::boolean AS read_only`

async function assertWritable(client: Client, target: Target): Promise<void> {
  const { rows } = await client.query<{ standby: boolean; read_only: boolean }>(SESSION)
  if (rows[0]?.standby !== false) throw new Error('is a standby')
  if (target === 'read-write' && rows[0].read_only) throw new Error('is read-only')
}
