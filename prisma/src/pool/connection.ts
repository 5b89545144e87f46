import { DatabaseError, type ClientBase, type ClientConfig } from 'pg'

/**
 * How every connection of ours is made. `url` is a PostgreSQL URL; its `sslmode` means what it means to psql
 * (`require` encrypts and does not verify, `verify-full` does both), which pg by itself does not follow.
 */
export function connection(url: string): ClientConfig {
  return {
    connectionString: withLibpqSsl(url),
    application_name: 'taskwire',
    connectionTimeoutMillis: 3000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  }
}

/**
 * The adapter writes and reads times without looking at their offset, so a session in another time zone or date style
 * would shift them silently. A startup parameter would save a round trip, but not every pooler lets one through.
 */
export function useUtc(client: ClientBase, done: (error?: Error) => void): void {
  client.query("SET TimeZone = 'UTC'; SET DateStyle = 'ISO, MDY'", (error?: Error) => done(error))
}

/** Whether a connection is as good as before after a statement failed on it: PostgreSQL reported it, and goes on. */
export function leavesUsable(error: unknown): boolean {
  // Not by 'ERROR': the server may say that in its own language. A FATAL that is not known here ends the connection.
  return error instanceof DatabaseError && error.severity !== 'FATAL' && error.severity !== 'PANIC'
}

function withLibpqSsl(url: string): string {
  if (!URL.canParse(url)) return url
  const parsed = new URL(url)
  const query = parsed.searchParams
  // libpq's word for the operating system's certificates, which Node uses anyway.
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
