import { publicError, type RevocationStore } from '@taskwire/api'
import { runForNoCaller, type Db, type Sql, type Statement } from '@taskwire/db'
import { z } from 'zod'

const recentRow = z.object({
  read_at: z.number(),
  revocations: z.array(z.object({ kind: z.enum(['user', 'session']), id: z.string(), revoked_at: z.number() })),
})

const milliseconds = (time: string) => `(extract(epoch from ${time}) * 1000)::float8`

/** The revocations in the database, which triggers write (see the migration `revocations`). */
export function storedRevocations(sql: Sql): RevocationStore {
  // Requests share a read: it must not end with the one that began it.
  const read = <Row>(statement: Statement) => runForNoCaller(() => sql<Row>(statement)).catch(throwPublicError)
  return {
    recent: async (since) => {
      const [row] = await read({
        name: 'recent_revocations',
        text: `
          SELECT ${milliseconds('now()')} AS read_at, coalesce((
            SELECT json_agg(json_build_object('kind', kind, 'id', id, 'revoked_at', ${milliseconds('revoked_at')}))
            FROM taskwire.revocation
            WHERE revoked_at > coalesce(to_timestamp($1::float8 / 1000), now() - interval '1 hour')
          ), '[]') AS revocations`,
        values: [since],
        pipeline: 'reads',
      })
      return recentRow.parse(row)
    },
    userRevokedAt: async (user_id) => {
      const [row] = await read<{ revoked_at: number }>({
        name: 'user_revocation',
        text: `
          SELECT ${milliseconds('revoked_at')} AS revoked_at FROM taskwire.revocation WHERE kind = 'user' AND id = $1`,
        values: [user_id],
        pipeline: 'reads',
      })
      return row?.revoked_at ?? null
    },
  }
}

function throwPublicError(error: unknown): never {
  throw publicError(error)
}

const KEPT_MS = 86_400_000

/**
 * Removes the ends of sessions that no token outlives any more. Deleted users are kept: a token of somebody else's, or
 * one with the shared secret, may be valid for any time.
 */
export async function purgeRevocations(db: Db): Promise<void> {
  const before = new Date(Date.now() - KEPT_MS)
  await db.revocation.deleteMany({ where: { kind: 'session', revoked_at: { lt: before } } })
}
