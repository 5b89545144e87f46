import { createHash, randomBytes } from 'node:crypto'
import type { z } from 'zod'
import type { UserContext } from '../core/trpc.ts'
import { ApiError } from '../errors/api_error.ts'
import { lockCounter } from '../log/transaction.ts'
import type { Feed, feedWithUrlOutput } from './schema.ts'

/** The most feeds of one user. */
const MAX_FEEDS = 10

const columns = `id, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at`

/** What is stored of a token: whoever reads the database cannot read feeds with it. */
export function feedTokenHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

export function feedsOf({ services, user_id }: UserContext): Promise<Feed[]> {
  const text = `SELECT ${columns} FROM taskwire.calendar_feed WHERE user_id = $1 ORDER BY id`
  return services.sql<Feed>({ text, values: [user_id] })
}

/** Creates a feed with a new secret address. To change the address of a feed, create another one and delete it. */
export async function createFeed({ services, user_id }: UserContext): Promise<z.infer<typeof feedWithUrlOutput>> {
  const token = randomBytes(32).toString('base64url')
  const feed = await services.transact(async (sql) => {
    // Of feeds created at the same time each counts the others.
    await sql({ text: lockCounter, values: [user_id] })
    const [created] = await sql<Feed>({
      text: `INSERT INTO taskwire.calendar_feed (user_id, token_hash)
      SELECT $1::text, $2::text WHERE (SELECT count(*) FROM taskwire.calendar_feed WHERE user_id = $1::text) < $3::int RETURNING ${columns}`,
      values: [user_id, feedTokenHash(token), MAX_FEEDS],
    })
    return created
  })
  if (feed === undefined) {
    const fields = [{ type: 'too_many', loc: [], msg: `At most ${MAX_FEEDS} calendar feeds` }]
    throw new ApiError('validation_failed', { fields })
  }
  return { ...feed, url: `${services.publicUrl ?? ''}/feeds/${token}.ics` }
}

export async function deleteFeed({ services, user_id }: UserContext, feed_id: number): Promise<Feed> {
  const [feed] = await services.sql<Feed>({
    text: `DELETE FROM taskwire.calendar_feed WHERE user_id = $1 AND id = $2 RETURNING ${columns}`,
    values: [user_id, feed_id],
  })
  if (feed === undefined) throw new ApiError('not_found')
  return feed
}
