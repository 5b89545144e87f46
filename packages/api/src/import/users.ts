import { type Database, isUserId } from '@taskwire/db'
import type { Copied } from './copied.ts'
import type { OldTableNames } from './old_source.ts'
import { DELETED_USER, oldColumns, quoted, unusedColumns } from './old_table.ts'

type Row = Readonly<Record<string, unknown>>

/** Where an old column is imported to, by its name without case and underscores. */
const USER_COLUMNS = ['id', 'name', 'email', 'emailverified', 'image', 'createdat', 'updatedat']
const HASHES = ['hashedpassword', 'passwordhash', 'password']

/**
 * Copies the accounts of the old service: with their passwords from Better Auth's `user` and `account`, else without.
 * Accounts that exist here stay as they are. Undefined where there is no table of users with an address.
 */
export async function copyUsers(pool: Database['pool'], names: OldTableNames): Promise<Copied | undefined> {
  const table = await tableOf(pool, names.user === undefined ? ['user', 'users'] : [names.user], 'email')
  if (table === undefined) return undefined
  const accounts = names.account === undefined ? ['account', 'accounts'] : [names.account]
  const passwords = await passwordsOf(pool, await tableOf(pool, accounts, 'password'))
  const columns = [...(await oldColumns(pool, table)).keys()]
  const unused = await unusedColumns(
    pool,
    table,
    columns.filter((column) => ![...USER_COLUMNS, ...HASHES].includes(plain(column))),
  )
  const result: Copied = { table: 'user', copied: 0, present: 0, refused: [], notes: new Map(), unused }
  for (const row of await textRows(pool, table, 'ORDER BY id')) {
    await copyUser(pool, result, { old: plainNames(row), passwords })
  }
  return result
}

/** The rows of a table with each value as text: large numbers are not exact in JSON. */
async function textRows(pool: Database['pool'], table: string, order = ''): Promise<Row[]> {
  const { rows } = await pool.query<{ row: Row }>(
    `SELECT (SELECT jsonb_object_agg(key, value) FROM jsonb_each_text(to_jsonb(old))) AS row
      FROM public.${quoted(table)} AS old ${order}`,
  )
  return rows.map(({ row }) => row)
}

interface OldUser {
  readonly old: Row
  readonly passwords: ReadonlyMap<string, string>
}

async function copyUser(pool: Database['pool'], result: Copied, { old, passwords }: OldUser): Promise<void> {
  const id = String(old['id'])
  const email = (textOf(old['email']) ?? '').trim().toLowerCase()
  const hash = passwords.get(id) ?? HASHES.map((name) => old[name]).find((value) => typeof value === 'string')
  const password = typeof hash === 'string' && BETTER_AUTH_HASH.test(hash) ? hash : null
  const outcome = problemOf(id, email) ?? (await insertUser(pool, { ...old, id, email, password }))
  if (outcome === 'present') result.present++
  else if (outcome !== 'copied') result.refused.push(`user ${id}: ${outcome}`)
  else {
    result.copied++
    const note = passwordNote(hash, password)
    result.notes.set(note, (result.notes.get(note) ?? 0) + 1)
  }
}

function problemOf(id: string, email: string): string | undefined {
  if (!isUserId(id)) return 'its id is not one that a token can name'
  return /^[^\s@]+@[^\s@]+$/.test(email) ? undefined : 'it has no e-mail address'
}

/** Returns `copied`, `present`, or why it was not inserted. An account never comes without its password. */
async function insertUser(pool: Database['pool'], { id, email, name, image, password, ...old }: Row): Promise<string> {
  const times = [timeOf(old['createdat']), timeOf(old['updatedat'])]
  const values = [id, textOf(name) ?? email, email, old['emailverified'] === 'true', textOf(image), ...times, password]
  const { rows } = await pool.query(
    `WITH new AS (INSERT INTO taskwire.user (id, name, email, "emailVerified", image, "createdAt", "updatedAt")
        SELECT $1, left($2, 200), $3, $4, $5, coalesce($6::timestamptz, now()),
          coalesce($7::timestamptz, $6::timestamptz, now())
        WHERE NOT EXISTS (SELECT FROM taskwire.user WHERE id = $1 OR email = $3)
          AND NOT EXISTS (SELECT FROM taskwire.revocation WHERE kind = 'user' AND id = $1) RETURNING id),
      credential AS (INSERT INTO taskwire.account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
        SELECT gen_random_uuid()::text, id, 'credential', id, $8, now(), now() FROM new WHERE $8::text IS NOT NULL)
      SELECT id FROM new`,
    values,
  )
  if (rows.length > 0) return 'copied'
  const here = await pool.query<{ kind: 'present' | 'deleted' }>(
    `SELECT 'present' AS kind FROM taskwire.user WHERE id = $1
      UNION ALL SELECT 'deleted' FROM taskwire.revocation WHERE kind = 'user' AND id = $1`,
    [id],
  )
  const [found] = here.rows
  if (found?.kind === 'present') return 'present'
  return found === undefined ? `its address ${String(email)} belongs to another account here` : DELETED_USER
}

/** Better Auth's hash (scrypt): the salt, and 64 bytes, in hexadecimal digits. */
const BETTER_AUTH_HASH = /^[0-9a-f]{16,64}:[0-9a-f]{128}$/
const NO_PASSWORD = 'make a link for a new one by npm run reset-password'

function passwordNote(hash: unknown, password: string | null): string {
  if (password !== null) return 'it signs in with its old password'
  if (typeof hash !== 'string') return `it had no password: ${NO_PASSWORD}`
  const kind = /^\$2[abxy]\$/.test(hash) ? 'bcrypt' : 'of another kind'
  return `the hash of its password is ${kind}, which cannot be used: ${NO_PASSWORD}`
}

/** The passwords of Better Auth's table, by the id of the user. */
async function passwordsOf(pool: Database['pool'], table: string | undefined): Promise<Map<string, string>> {
  if (table === undefined) return new Map()
  const rows = await textRows(pool, table)
  return new Map(
    rows.flatMap((row) => {
      const { userid, providerid, password } = {
        userid: undefined,
        providerid: undefined,
        password: undefined,
        ...plainNames(row),
      }
      return providerid === 'credential' && typeof password === 'string' ? [[String(userid), password] as const] : []
    }),
  )
}

/** The first of these tables that has the column. */
async function tableOf(pool: Database['pool'], tables: readonly string[], column: string): Promise<string | undefined> {
  for (const table of tables) if ((await oldColumns(pool, table)).has(column)) return table
  return undefined
}

/** ORMs write the same column as createdAt, created_at or createdat. */
function plainNames(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [plain(name), value]))
}

function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

/** A time without a zone is UTC. */
function timeOf(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const text = /(Z|[+-]\d\d(:?\d\d)?)$/.test(value) ? value : `${value}Z`
  return Number.isNaN(Date.parse(text)) ? null : new Date(text).toISOString()
}
