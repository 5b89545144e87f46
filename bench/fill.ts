import { SignJWT } from 'jose'
import type { Pool } from 'pg'
import { SECRET } from './servers.ts'

/** A user of the load: its token, and its tasks on the server under test. */
export interface User {
  readonly id: string
  readonly token: string
  readonly tasks: readonly number[]
}

/** Creates users with tasks directly in a server's table (`taskwire.task`, `reference.task`). */
export async function fill(pool: Pool, table: string, users: number, tasksEach: number): Promise<User[]> {
  const { rows } = await pool.query<{ user_id: string; ids: number[] }>(
    `WITH filled AS (
       INSERT INTO ${table} (user_id, title, description)
       SELECT 'bench-' || $3 || '-' || u, 'Task ' || t || ' of the bench', 'Some words that say what has to be done'
       FROM generate_series(1, $1::int) u, generate_series(1, $2::int) t RETURNING user_id, id)
     SELECT user_id, array_agg(id) AS ids FROM filled GROUP BY user_id ORDER BY user_id`,
    [users, tasksEach, Date.now().toString(36)],
  )
  await pool.query(`ANALYZE ${table}`)
  return Promise.all(rows.map(async ({ user_id, ids }) => ({ id: user_id, token: await tokenOf(user_id), tasks: ids })))
}

export function tokenOf(user: string): Promise<string> {
  const secret = new TextEncoder().encode(SECRET)
  return new SignJWT({ sub: user }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1 day').sign(secret)
}
