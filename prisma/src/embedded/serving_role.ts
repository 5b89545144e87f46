import { Client } from 'pg'
import { connection } from '../pool/connection.ts'

/** The role as which servers work: it reads and writes rows, and can change no table, function or role. */
const ROLE = 'taskwire_server'
/** Any number that no other advisory lock uses. */
const ROLE_LOCK = 7_381_226

/**
 * The URL by which servers use the embedded database, once its schema is migrated. The owner of the schema, who is the
 * superuser of this database, is left to the migrations and to the commands that need it.
 */
export async function servingUrl(ownerUrl: string): Promise<string> {
  const client = new Client({ ...connection(ownerUrl), connectionTimeoutMillis: 10_000 })
  // The current or next query reports the same loss.
  client.on('error', () => {})
  await client.connect()
  try {
    if (!(await isReady(client))) await createRole(client, ownerUrl)
  } finally {
    await client.end().catch(() => {})
  }
  const url = new URL(ownerUrl)
  url.username = ROLE
  return url.href
}

/** Whether the role may use every table and sequence that the migrations have made. */
async function isReady(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ ready: boolean }>(
    `SELECT coalesce(bool_and(CASE relkind
         WHEN 'S' THEN has_sequence_privilege(role.oid, pg_class.oid, 'UPDATE')
         ELSE relname = '_prisma_migrations' OR has_table_privilege(role.oid, pg_class.oid, 'DELETE') END), false) AS ready
     FROM pg_roles role, pg_class
     WHERE rolname = $1 AND relnamespace = 'taskwire'::regnamespace AND relkind IN ('r', 'S')`,
    [ROLE],
  )
  return rows[0]?.ready === true
}

async function createRole(client: Client, ownerUrl: string): Promise<void> {
  const password = client.escapeLiteral(decodeURIComponent(new URL(ownerUrl).password))
  // Several processes may start at once.
  await client.query(`BEGIN; SELECT pg_advisory_xact_lock(${ROLE_LOCK})`)
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [ROLE])
  await client.query(`${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${ROLE} LOGIN NOSUPERUSER PASSWORD ${password}`)
  await client.query(`
    GRANT USAGE ON SCHEMA taskwire TO ${ROLE};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA taskwire TO ${ROLE};
    GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA taskwire TO ${ROLE};
    REVOKE INSERT, UPDATE, DELETE ON taskwire._prisma_migrations FROM ${ROLE};
    COMMIT`)
}
