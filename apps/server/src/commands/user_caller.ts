import { randomBytes } from 'node:crypto'
import { ApiError, changeFeed, createCaller, cursorCodec, type Context, type Services } from '@taskwire/api'
import type { Database } from '@taskwire/db'
import { logProgress } from './run_command.ts'

export type UserCaller = ReturnType<typeof createCaller>

const log = { error: note, warn: note }

function note(_details: object, message: string): void {
  logProgress(message)
}

/** Calls procedures for a user, as the operator of the installation: nobody has to sign in. */
export function userCaller(
  { db, sql, snapshots, transact, isWritable }: Database,
  user_id: string,
  onProgress?: Context['onProgress'],
): UserCaller {
  const services: Services = {
    db,
    sql,
    snapshots,
    transact,
    isWritable,
    log,
    tokens: {
      verify() {
        throw new ApiError('not_authenticated')
      },
    },
    cursors: cursorCodec(randomBytes(32)),
    feed: changeFeed({ db, log }),
  }
  const principal = {
    user_id,
    kind: 'issued',
    scope: 'write',
    actor: null,
    email: null,
    name: null,
    expires_at: null,
  } as const
  return createCaller(() => ({ services, via: 'rest', request_id: 'command', principal, onProgress }))
}

/** The id of an account with this id or e-mail address. Tasks may belong to users of other issuers, who have no account. */
export async function userIdOf({ pool }: Database, who: string): Promise<string> {
  const sql = 'SELECT id FROM taskwire.user WHERE id = $1 OR email = lower($1) ORDER BY id = $1 DESC LIMIT 1'
  const { rows } = await pool.query<{ id: string }>(sql, [who])
  return rows[0]?.id ?? who
}
