import type { Database } from '@taskwire/db'
import { LOCKED, LOCKED_WITHOUT_PASSWORD } from '../auth/locked_password.ts'
import { CommandError } from './run_command.ts'

type Pool = Database['pool']

export interface User {
  readonly id: string
  readonly email: string
}

export interface ListedUser extends User {
  readonly name: string
  readonly created_at: string
  readonly tasks: number
  readonly keys: number
  readonly sessions: number
  readonly is_disabled: boolean
}

export async function listUsers(pool: Pool): Promise<ListedUser[]> {
  const { rows } = await pool.query<ListedUser>(
    `SELECT id, email, name, to_char("createdAt", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at,
      (SELECT count(*)::int FROM taskwire.task WHERE user_id = "user".id AND deleted_at IS NULL) AS tasks,
      (SELECT count(*)::int FROM taskwire.apikey WHERE "referenceId" = "user".id) AS keys,
      (SELECT count(*)::int FROM taskwire.session WHERE "userId" = "user".id AND "expiresAt" > now()) AS sessions,
      EXISTS (SELECT FROM taskwire.account WHERE "userId" = "user".id AND password LIKE '${LOCKED}%') AS is_disabled
    FROM taskwire.user AS "user" ORDER BY "createdAt", id`,
  )
  return rows
}

/** The account with this id or e-mail address. */
export async function findUser(pool: Pool, who: string): Promise<User> {
  const sql = 'SELECT id, email FROM taskwire.user WHERE id = $1 OR email = lower($1)'
  const { rows } = await pool.query<User>(sql, [who])
  const [user] = rows
  if (user === undefined) throw new CommandError(`there is no account ${who}: npm run user -- list shows all`)
  return user
}

export async function isDisabled(pool: Pool, { id }: User): Promise<boolean> {
  const sql = `SELECT FROM taskwire.account WHERE "userId" = $1 AND password LIKE '${LOCKED}%'`
  return (await pool.query(sql, [id])).rows.length > 0
}

/** Ends every way in. The triggers of the tables see to the tokens that were issued for them. */
export async function disableUser(pool: Pool, { id, email }: User): Promise<string> {
  await inTransaction(pool, id, [
    `UPDATE taskwire.account SET password = '${LOCKED}' || password WHERE "userId" = $1 AND password NOT LIKE '${LOCKED}%'`,
    // Otherwise an account without a password, such as an imported one, could ask for a link for a new one.
    `INSERT INTO taskwire.account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
      SELECT gen_random_uuid()::text, $1, 'credential', $1, '${LOCKED_WITHOUT_PASSWORD}', now(), now()
      WHERE NOT EXISTS (SELECT FROM taskwire.account WHERE "userId" = $1 AND password LIKE '${LOCKED}%')`,
    'UPDATE taskwire.apikey SET enabled = false WHERE "referenceId" = $1',
    'DELETE FROM taskwire."oauthConsent" WHERE "userId" = $1',
    'DELETE FROM taskwire."oauthRefreshToken" WHERE "userId" = $1',
    'DELETE FROM taskwire."oauthAccessToken" WHERE "userId" = $1',
    'DELETE FROM taskwire.session WHERE "userId" = $1',
    // Links for a new password, which would enable the account.
    "DELETE FROM taskwire.verification WHERE value = $1 AND identifier LIKE 'reset-password:%'",
  ])
  return `${email} is disabled: no password or key is accepted, within 5 s no token that was issued here either`
}

export async function enableUser(pool: Pool, { id, email }: User): Promise<string> {
  await inTransaction(pool, id, [
    `DELETE FROM taskwire.account WHERE "userId" = $1 AND password = '${LOCKED_WITHOUT_PASSWORD}'`,
    `UPDATE taskwire.account SET password = ltrim(password, '${LOCKED}') WHERE "userId" = $1`,
    'UPDATE taskwire.apikey SET enabled = true WHERE "referenceId" = $1',
  ])
  return `${email} is enabled: its password and its keys are accepted again`
}

export async function revokeKeys(pool: Pool, { id, email }: User): Promise<string> {
  const { rowCount } = await pool.query('DELETE FROM taskwire.apikey WHERE "referenceId" = $1', [id])
  return `${email}: ${rowCount ?? 0} keys revoked`
}

export async function deleteUser(pool: Pool, { id, email }: User): Promise<string> {
  await pool.query('DELETE FROM taskwire.user WHERE id = $1', [id])
  return `${email} is deleted, with its tasks, log and conversations`
}

async function inTransaction(pool: Pool, id: string, statements: readonly string[]): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    for (const statement of statements) await client.query(statement, [id])
    await client.query('COMMIT')
    client.release()
  } catch (error) {
    // Closing the connection rolls back.
    client.release(true)
    throw error
  }
}
