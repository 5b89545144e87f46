import type { Change, Client, Task } from '../../client.ts'
import type { PendingWrite } from './pending_write.ts'

/** What the server answered to a write. */
export type AcceptedWrite = { readonly task: Task; readonly deleted: boolean } | { readonly change: Change }

/** Sends one write with its key; rejects with the client's typed error. */
export async function sendWrite(client: Client, write: PendingWrite, signal: AbortSignal): Promise<AcceptedWrite> {
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
    case 'complete':
      return updated(await client.task.complete.mutate({ task_id, idempotency_key }, options))
    case 'reopen':
      return updated(await client.task.reopen.mutate({ task_id, idempotency_key }, options))
    case 'delete':
      return { task: await client.task.delete.mutate({ task_id, idempotency_key }, options), deleted: true }
    case 'undo':
      return { change: await client.change.undo.mutate({ seq: intent.seq, idempotency_key }, options) }
  }
}

function updated(task: Task): AcceptedWrite {
  return { task, deleted: false }
}
