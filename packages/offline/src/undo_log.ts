import { isTaskwireError, type Change, type TaskwireClient } from '@taskwire/client'

/** Changes of the log that one call made. */
export interface LogRange {
  readonly first_seq: number
  readonly last_seq: number
}

export function isRange(step: object): step is LogRange {
  return 'first_seq' in step
}

/** How far back in the log undo looks for a change. */
const LOOK_BACK = 200

/** The latest changes of the log, and those of them that were made in an app and can be undone. */
export async function latestChanges(client: TaskwireClient) {
  const { next } = await client.change.list.query({})
  const { changes } = await client.change.list.query({ since: Math.max(0, next - LOOK_BACK), limit: LOOK_BACK })
  const reversed = new Set<number>()
  // The latest first: what an undo has reversed counts again once that undo was reversed itself.
  for (const { seq, undoes } of changes.toReversed()) {
    if (undoes !== null && !reversed.has(seq)) reversed.add(undoes)
  }
  const removed = await removedTasks(client, changes)
  const undoable = changes.filter(
    ({ seq, task_id, via, undoes, part_of }) =>
      via === 'trpc' && undoes === null && part_of === null && !reversed.has(seq) && !removed.has(task_id),
  )
  return { changes, undoable }
}

/** The tasks that were deleted by the last of these changes of theirs, and are no longer in the trash. */
async function removedTasks(client: TaskwireClient, changes: readonly Change[]): Promise<ReadonlySet<number>> {
  const last = new Map(changes.map(({ task_id, kind }) => [task_id, kind]))
  const deleted = new Set([...last].flatMap(([task_id, kind]) => (kind === 'deleted' ? [task_id] : [])))
  if (deleted.size === 0) return deleted
  // These changes deleted no more tasks than that.
  const { items } = await client.task.list.query({ status: 'deleted', sort: 'updated_at', limit: LOOK_BACK })
  for (const { id } of items) deleted.delete(id)
  return deleted
}

/** Undoes a batch by one call. Undefined where a part of it can no longer be undone: the others are, one by one. */
export async function undoBatch(
  client: TaskwireClient,
  batch: number | null,
  changes: readonly Change[],
): Promise<LogRange | undefined> {
  const last = changes.findLast((change) => batch !== null && change.batch === batch)
  if (batch === null || last === undefined || last.seq === batch) return undefined
  return undoRange(client, { first_seq: batch, last_seq: last.seq }).catch((error: unknown) => {
    if (isTaskwireError(error) && error.reason === 'undo_conflict') return undefined
    throw error
  })
}

/** Undoes all of these changes or, where it rejects, none. */
export async function undoRange(client: TaskwireClient, { first_seq, last_seq }: LogRange): Promise<LogRange> {
  const answer = await client.change.undo.mutate({ seq: first_seq, through: last_seq })
  return 'changes' in answer ? answer : { first_seq: answer.seq, last_seq: answer.seq }
}
