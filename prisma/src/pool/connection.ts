import { Client, DatabaseError, type ClientBase, type ClientConfig } from 'pg'
import { databaseAddress, type DatabaseServer } from './database_url.ts'
import { failoverClient } from './failover_client.ts'
import { serverFinder } from './server_finder.ts'

/** `Client` is the class to make clients of: it knows where to connect. */
export interface Connection extends ClientConfig {
  readonly Client: typeof Client
}

/**
 * The configuration of every connection. `url` is a PostgreSQL URL as psql takes it, also in what pg alone does not
 * follow: its `sslmode` (`require` encrypts without verifying, `verify-full` does both), several hosts, and
 * `target_session_attrs`. `log` is called when they lead to another server than before.
 */
export function connection(url: string, log?: (message: string) => void): Connection {
  const address = databaseAddress(url)
  if (address.servers.length === 1 && address.target === 'any') return { ...settings(url), Client }
  const config = settings(address.url)
  return { ...config, Client: failoverClient(serverFinder(address, config, log), address.target) }
}

/** The servers of a URL whose hosts are used each for itself, and the configuration of all their connections. */
export function standbyAddress(url: string): { servers: readonly DatabaseServer[]; config: ClientConfig } {
  const { servers, url: rest } = databaseAddress(url)
  return { servers, config: settings(rest) }
}

function settings(url: string): ClientConfig {
  return {
    connectionString: withLibpqSsl(url),
    application_name: 'taskwire',
    connectionTimeoutMillis: 3000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  }
}

/**
 * The adapter reads and writes times without looking at their offset, so a session in another time zone or date style
 * would shift them silently. A startup parameter would save a round trip, but not every pooler accepts one.
 */
export function useUtc(client: ClientBase, done: (error?: Error) => void): void {
  client.query("SET TimeZone = 'UTC'; SET DateStyle = 'ISO, MDY'", (error?: Error) => done(error))
}

/** "cached plan must not change result type": a migration changed a column after the statement was prepared. */
export const STALE_PLAN = '0A000'

/**
 * Whether a connection remains usable after a statement failed on it: PostgreSQL reported the error and carries on. With
 * a stale plan it would fail for ever.
 */
export function leavesUsable(error: unknown): boolean {
  if (error instanceof DatabaseError && error.code === STALE_PLAN) return false
  // Do not test for 'ERROR': the server may translate it. A translated FATAL ends the connection by itself.
  return error instanceof DatabaseError && error.severity !== 'FATAL' && error.severity !== 'PANIC'
}

function withLibpqSsl(url: string): string {
  if (!URL.canParse(url)) return url
  const parsed = new URL(url)
  const query = parsed.searchParams
  // libpq's name for the operating system's certificates, which Node uses anyway.
  if (query.get('sslrootcert') === 'system') {
    query.delete('sslrootcert')
    query.set('sslmode', 'verify-full')
  }
  const mode = query.get('sslmode')
  if (mode === null || mode === 'verify-full' || mode === 'no-verify') return parsed.href
  if (mode === 'allow') query.set('sslmode', 'prefer')
  query.set('uselibpqcompat', 'true')
  return parsed.href
}
