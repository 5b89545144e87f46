import type { Task } from '@taskwire/client'
import { provisionalId, randomId } from '../random_id.ts'
import type { IdMap } from '../store/id_map.ts'
import type { Intent, PendingWrite } from './pending_write.ts'

/** Makes a write from an intent. A null `id` creates a task. */
export type ComposeWrite = (id: number | null, intent: Intent, base?: Task | null) => PendingWrite

export function writeComposer(user_id: string, tab: string, idMap: IdMap): ComposeWrite {
  let lastAt = 0
  return (id, intent, base = null) => {
    // Strictly increasing, so that writes of one millisecond keep their order.
    lastAt = Math.max(Date.now(), lastAt + 1)
    const task_id = id === null ? provisionalId() : idMap.resolve(id)
    return { key: randomId(), at: lastAt, user_id, task_id, intent, base, tab }
  }
}
