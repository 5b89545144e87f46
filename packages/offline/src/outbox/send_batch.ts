import { TaskwireError, type RouterInputs, type RouterOutputs, type TaskwireClient } from '@taskwire/client'
import { randomId } from '../random_id.ts'
import { withMadeChange } from './made_change.ts'
import type { PendingWrite } from './pending_write.ts'
import { acceptedTask, type AcceptedWrite } from './send_write.ts'

/** What became of one write of several that were sent together. */
export type Outcome = { readonly answer: AcceptedWrite } | { readonly error: unknown }

type Operation = NonNullable<RouterInputs['task']['batch']>['operations'][number]
type Result = RouterOutputs['task']['batch']['results'][number]

/** The most operations of one call. */
const MAX_OPERATIONS = 100

/** The writes at the head of the queue that go to the server in one call: those that were made together. */
export function sentTogether(sendable: readonly PendingWrite[]): readonly PendingWrite[] {
  const [first] = sendable
  if (first?.group === undefined || operationOf(first) === undefined) return sendable.slice(0, 1)
  // Writes that were sent before are repeated in the same call: its key depends on them, and another key would have a
  // second effect.
  const isRepeated = first.attempted === true
  const isOther = ({ group, attempted }: PendingWrite) => group !== first.group || (attempted === true) !== isRepeated
  const end = sendable.findIndex((write) => isOther(write) || operationOf(write) === undefined)
  return sendable.slice(0, Math.min(end < 0 ? sendable.length : end, MAX_OPERATIONS))
}

/** Sends writes as one batch, of which each is accepted or refused on its own. Rejects if the whole call failed. */
export async function sendBatch(
  client: TaskwireClient,
  writes: readonly PendingWrite[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const operations = writes.map(operationOf).filter((operation) => operation !== undefined)
  const input = { operations, atomic: false, idempotency_key: batchKey(writes) }
  const { results } = await client.task.batch.mutate(input, { signal })
  return Promise.all(writes.map((write, index) => outcomeOf(client, { write, result: results[index], signal })))
}

interface Answered {
  readonly write: PendingWrite
  readonly result: Result | undefined
  readonly signal: AbortSignal
}

async function outcomeOf(client: TaskwireClient, { write, result, signal }: Answered): Promise<Outcome> {
  if (result === undefined) return { error: new TypeError('the answer has fewer results than the call operations') }
  if ('error' in result) return { error: errorOf(result.error) }
  const answer = await acceptedTask(client, { task: result.task, write, signal })
  return { answer: await withMadeChange(client, { write, answer, signal }) }
}

function operationOf({ intent, task_id, base }: PendingWrite): Operation | undefined {
  switch (intent.kind) {
    case 'edit':
      return { do: 'update', ...intent.fields, task_id, ...(base && { if_version: base.version }) }
    case 'complete':
    case 'reopen':
    case 'delete':
    case 'skip':
      return { do: intent.kind, task_id }
    default:
      return undefined
  }
}

/** The same for the same writes, so that a repeat after a lost answer has no second effect. */
function batchKey(writes: readonly PendingWrite[]): string {
  return [writes[0]?.key ?? randomId(), writes.length, writes.at(-1)?.key].join('.')
}

function errorOf({ code, detail, current }: Extract<Result, { error: unknown }>['error']): TaskwireError {
  const message = typeof detail === 'string' ? detail : (detail[0]?.msg ?? '')
  const data = { code: 'BAD_REQUEST', httpStatus: 400, reason: code, ...(current && { current }) } as const
  return new TaskwireError(code, { shape: { message, code: -32600, data } })
}
