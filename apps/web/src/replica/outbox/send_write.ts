import type { Change, Client, Task } from '../../client.ts'
import { changedFields, type PendingWrite } from './pending_write.ts'

export type AcceptedWrite = { readonly task: Task; readonly deleted: boolean } | { readonly change: Change }

/** Sends one write with its key; rejects with the client's typed error. */
export async function sendWrite(client: Client, write: PendingWrite, signal: AbortSignal): Promise<AcceptedWrite> {
  const { intent, task_id, base } = write
  const once = { idempotency_key: write.key }
  const options = { signal }
  switch (intent.kind) {
    case 'create': {
      const { title, description } = intent
      return live(await client.task.create.mutate({ title, description, ...once }, options))
    }
    case 'edit': {
      const if_version = base?.version
      return live(await client.task.update.mutate({ task_id, ...changedFields(write), if_version, ...once }, options))
    }
    case 'complete':
      return live(await client.task.complete.mutate({ task_id, ...once }, options))
    case 'reopen':
      return live(await client.task.reopen.mutate({ task_id, ...once }, options))
    case 'delete':
      return { task: await client.task.delete.mutate({ task_id, ...once }, options), deleted: true }
    case 'undo':
      return { change: await client.change.undo.mutate({ seq: intent.seq, ...once }, options) }
  }
}

function live(task: Task): AcceptedWrite {
  return { task, deleted: false }
}
