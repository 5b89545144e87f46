import { isTaskwireError, type RouterOutputs, type Change, type TaskwireClient, type Task } from '@taskwire/client'
import type { NewPlace } from './local_position.ts'
import { revisedKey, successorId, type MoveIntent, type PendingWrite } from './pending_write.ts'

/** What the server answered to a write. */
export type AcceptedWrite = AcceptedTask | { readonly change: Change }

interface AcceptedTask {
  readonly task: Task
  readonly deleted: boolean
  /** The next occurrence, where a recurring task was completed. */
  readonly next?: Task
}

/** Sends one write with its key; rejects with the client's typed error. */
export async function sendWrite(
  client: TaskwireClient,
  write: PendingWrite,
  signal: AbortSignal,
): Promise<AcceptedWrite> {
  const { intent, task_id, base } = write
  const idempotency_key = write.key
  const options = { signal }
  switch (intent.kind) {
    case 'create':
      return updated(await client.task.create.mutate({ ...intent.fields, idempotency_key }, options))
    case 'edit': {
      const input = { ...intent.fields, task_id, if_version: base?.version, idempotency_key }
      return updated(await client.task.update.mutate(input, options))
    }
    case 'complete': {
      const task = await client.task.complete.mutate({ task_id, idempotency_key }, options)
      return acceptedTask(client, { task, write, signal })
    }
    case 'reopen':
      return updated(await client.task.reopen.mutate({ task_id, idempotency_key }, options))
    case 'check': {
      const { item_id, done } = intent
      return updated(await client.task.check.mutate({ task_id, item_id, done, idempotency_key }, options))
    }
    case 'skip':
      return updated(await client.task.skip.mutate({ task_id, idempotency_key }, options))
    case 'move':
      return updated(await sendMove(client, { task_id, idempotency_key, intent, signal }))
    case 'delete':
      return { task: await client.task.delete.mutate({ task_id, idempotency_key }, options), deleted: true }
    case 'undo':
      return { change: single(await client.change.undo.mutate({ seq: intent.seq, idempotency_key }, options)) }
  }
}

interface Move {
  readonly task_id: number
  readonly idempotency_key: string
  readonly intent: MoveIntent
  readonly signal: AbortSignal
}

/** Moves a task beside its neighbour, or beside the other one where that is no longer there. */
async function sendMove(client: TaskwireClient, { task_id, idempotency_key, intent, signal }: Move): Promise<Task> {
  const [place, ...others] = [intent.place, intent.otherwise].filter((one) => one !== undefined && isKnown(one))
  // Behind itself a task keeps its place.
  const input = { task_id, idempotency_key, ...(place ?? { after: task_id }) }
  try {
    return await client.task.move.mutate(input, { signal })
  } catch (error) {
    const [other] = others
    if (!isTaskwireError(error) || error.reason !== 'task_not_found' || other === undefined) throw error
    // A key belongs to one request: repeated after a lost answer, the first call would be refused for this one's key.
    return client.task.move.mutate({ task_id, idempotency_key: revisedKey(idempotency_key), ...other }, { signal })
  }
}

/** Whether the neighbour exists on the server: the creation of one with a provisional id was undone. */
function isKnown(place: NewPlace): boolean {
  if ('to' in place) return true
  return ('after' in place ? place.after : place.before) > 0
}

/** Without `through`, one change is undone by one. */
function single(undone: RouterOutputs['change']['undo']): Change {
  if ('changes' in undone) throw new TypeError('the answer is that of an undo of several changes')
  return undone
}

interface AnsweredWrite {
  readonly task: Task
  readonly write: PendingWrite
  readonly signal: AbortSignal
}

/** Reads the next occurrence, so that it takes the place of the provisional one at once. */
export async function acceptedTask(
  client: TaskwireClient,
  { task, write, signal }: AnsweredWrite,
): Promise<AcceptedWrite> {
  const { next_task_id } = task
  if (write.intent.kind === 'delete') return { task, deleted: true }
  if (successorId(write) === undefined || next_task_id === null) return updated(task)
  try {
    const next = await client.task.get.query({ task_id: next_task_id }, { signal })
    return { ...updated(task), next }
  } catch (error) {
    // It may be in the trash already. After another failure the write is sent again and answered as before.
    if (isTaskwireError(error) && error.reason === 'task_not_found') return updated(task)
    throw error
  }
}

function updated(task: Task): AcceptedWrite {
  return { task, deleted: false }
}
