import { onTestFinished } from 'vitest'
import { emptyDatabase, onServer } from './database.ts'

/** A database that says of itself what a standby says, without a server of its own. */
export interface PretendStandby {
  readonly url: string
  /** Stops the replay of the log at its beginning, or lets it go on. */
  setReplaying(isReplaying: boolean): Promise<void>
  setStandby(isStandby: boolean): Promise<void>
  /** How many connections it has. */
  connections(): Promise<number>
  /** Closes them, as a server does that stops. */
  cut(): Promise<void>
}

// Functions in a schema that is searched before PostgreSQL's own.
const FUNCTIONS = `
  CREATE SCHEMA pretended;
  CREATE TABLE pretended.state AS SELECT true AS is_replaying, true AS is_standby;
  CREATE FUNCTION pretended.pg_is_in_recovery() RETURNS boolean LANGUAGE sql AS 'SELECT is_standby FROM pretended.state';
  CREATE FUNCTION pretended.pg_last_wal_replay_lsn() RETURNS pg_lsn LANGUAGE sql AS
    $$ SELECT CASE WHEN is_replaying THEN pg_current_wal_insert_lsn() ELSE '0/1'::pg_lsn END FROM pretended.state $$`

export async function pretendStandby(): Promise<PretendStandby> {
  const { url, drop } = await emptyDatabase()
  onTestFinished(drop)
  const name = new URL(url).pathname.slice(1)
  await onServer(url, async (client) => {
    await client.query(FUNCTIONS)
    await client.query(`ALTER DATABASE ${name} SET search_path = pretended, pg_catalog, public`)
  })
  const others = `FROM pg_stat_activity WHERE datname = '${name}' AND pid <> pg_backend_pid()`
  const query = (sql: string) => onServer(url, (client) => client.query(sql))
  return {
    url,
    setReplaying: async (isReplaying) => void (await query(`UPDATE pretended.state SET is_replaying = ${isReplaying}`)),
    setStandby: async (isStandby) => void (await query(`UPDATE pretended.state SET is_standby = ${isStandby}`)),
    connections: async () => (await query(`SELECT ${others}`)).rowCount ?? 0,
    cut: async () => void (await query(`SELECT pg_terminate_backend(pid) ${others}`)),
  }
}
