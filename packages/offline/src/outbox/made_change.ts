import type { Change, TaskwireClient } from '@taskwire/client'
import { leftVersion } from '../left_version.ts'
import type { PendingWrite } from './pending_write.ts'
import type { AcceptedWrite } from './send_write.ts'

type AcceptedTask = Exclude<AcceptedWrite, { readonly change: Change }>

/** The entry of the log for an accepted write; undefined if the log no longer has it. */
export async function madeChange(
  client: TaskwireClient,
  answer: AcceptedTask,
  signal?: AbortSignal,
): Promise<Change | undefined> {
  const { task } = answer
  const version = madeVersion(answer)
  const { items } = await client.task.history.query({ task_id: task.id, limit: 50 }, { ...(signal && { signal }) })
  return items.find((change) => leftVersion(change) === version)
}

/** The version that the write made: a deletion is answered with the task as it was. */
export function madeVersion({ task, deleted }: AcceptedTask): number {
  return deleted ? task.version + 1 : task.version
}

interface AnsweredWrite {
  readonly write: PendingWrite
  readonly answer: AcceptedWrite
  readonly signal: AbortSignal
}

/** The answer to a write; to one that the user has withdrawn the change that it made, which is to be undone. */
export async function withMadeChange(
  client: TaskwireClient,
  { write, answer, signal }: AnsweredWrite,
): Promise<AcceptedWrite> {
  if (write.withdrawn !== true || 'change' in answer) return answer
  const change = await madeChange(client, answer, signal)
  return change === undefined ? answer : { change }
}
