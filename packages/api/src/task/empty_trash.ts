import { z } from 'zod'
import type { UserContext } from '../core/trpc.ts'

/** The most tasks that one call removes, so that it is short. */
const MAX_TASKS = 1000
const INSTANT = 'Must be a time (2026-12-01T08:00:00.000Z)'

export const emptyTrashInput = z.strictObject({
  deleted_until: z.iso
    .datetime({ offset: true, error: INSTANT })
    .optional()
    .meta({ description: 'Keeps what was moved to the trash after this time. Default: all of it' }),
})

export const emptyTrashOutput = z.object({
  removed: z.int().meta({ description: `How many tasks were removed: at most ${MAX_TASKS}` }),
  has_more: z.boolean().meta({ description: 'There may be more in the trash of that time: call again' }),
})

/**
 * Removes tasks from the trash for good, those first that were deleted first. This is not a change of the log: the log
 * keeps what it has of these tasks until it is purged, and their changes can no longer be undone.
 */
export async function emptyTrash(
  { services, user_id }: UserContext,
  { deleted_until }: z.infer<typeof emptyTrashInput>,
): Promise<z.infer<typeof emptyTrashOutput>> {
  // A task that is being restored right now stays.
  const [row] = await services.sql<{ removed: number; found: number }>({
    text: `
      WITH oldest AS MATERIALIZED (
        SELECT id FROM taskwire.task
        WHERE user_id = $1 AND deleted_at IS NOT NULL AND ($2::timestamptz IS NULL OR deleted_at <= $2)
        ORDER BY deleted_at, id LIMIT $3::int FOR UPDATE SKIP LOCKED
      ), removed AS (
        DELETE FROM taskwire.task WHERE user_id = $1 AND id IN (SELECT id FROM oldest) RETURNING 1
      )
      SELECT (SELECT count(*) FROM removed)::int AS removed, (SELECT count(*) FROM oldest)::int AS found`,
    values: [user_id, deleted_until ?? null, MAX_TASKS],
  })
  return { removed: row?.removed ?? 0, has_more: row?.found === MAX_TASKS }
}
