import type { Task } from '@taskwire/client'
import { createEmitter } from './emitter.ts'
import type { PendingWrite } from './outbox/pending_write.ts'
import type { Connection } from './sync/connection_status.ts'

/** What the screen shows. A new object whenever something differs. */
export interface Snapshot {
  /** The tasks as they will be once every waiting write is accepted. */
  readonly tasks: readonly Task[]
  readonly phase: 'loading' | 'ready' | 'failed'
  readonly failure?: unknown
  readonly connection: Connection
  readonly waiting: readonly PendingWrite[]
}

type Loading = Pick<Snapshot, 'phase' | 'failure'>

export interface SnapshotSource {
  readonly current: () => Snapshot
  readonly subscribe: (listener: () => void) => () => void
  /** Has the next snapshot read everything anew, and calls the listeners. */
  readonly invalidate: () => void
  readonly setLoading: (loading: Loading) => void
}

/** Makes a snapshot of what `read` returns when one is asked for, and keeps it until it is invalidated. */
export function createSnapshotSource(read: () => Omit<Snapshot, keyof Loading>): SnapshotSource {
  const emitter = createEmitter()
  let loading: Loading = { phase: 'loading' }
  let snapshot: Snapshot | undefined

  function invalidate(): void {
    snapshot = undefined
    emitter.emit()
  }

  return {
    current: () => (snapshot ??= { ...loading, ...read() }),
    subscribe: emitter.subscribe,
    invalidate,
    setLoading(next) {
      loading = next
      invalidate()
    },
  }
}
