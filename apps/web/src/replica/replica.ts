import type { Client, Task } from '../client.ts'
import { randomId, provisionalId } from '../random_id.ts'
import { createEmitter } from '../emitter.ts'
import { createPersister } from './store/persister.ts'
import { createSyncLoop } from './sync/sync_loop.ts'
import { createIdMap } from './store/id_map.ts'
import { createOutbox } from './outbox/outbox.ts'
import { deferOwnChanges } from './sync/own_changes.ts'
import type { Intent, PendingWrite } from './outbox/pending_write.ts'
import { createChangeBuffer, type ChangeBuffer } from './sync/change_buffer.ts'
import { createRows } from './store/rows.ts'
import type { LocalDatabase } from './store/local_database.ts'
import { optimisticTasks } from './optimistic_view.ts'
import { createConnectionStatus, type Connection } from './sync/connection_status.ts'
import { orphanedWrites, thisTab } from './outbox/tab.ts'
import { sendWrite, type AcceptedWrite } from './outbox/send_write.ts'
import { classifyError } from './outbox/classify_error.ts'

/** What the screen shows. A new object whenever something differs. */
export interface Snapshot {
  /** The tasks as they will be once everything that waits is accepted. */
  readonly tasks: readonly Task[]
  readonly phase: 'loading' | 'ready' | 'failed'
  readonly failure?: unknown
  readonly connection: Connection
  readonly waiting: readonly PendingWrite[]
}

export interface ReplicaOptions {
  readonly client: Client
  readonly user_id: string
  readonly saved: LocalDatabase
  /** A write was rolled back, and why. */
  readonly onRefused: (write: PendingWrite, message: string) => void
  readonly onAccepted: (write: PendingWrite, answer: AcceptedWrite) => void
  /** The token is no longer accepted: somebody has to sign in again. */
  readonly onSignedOut: () => void
}

/** A user's tasks here: read at once, written at once, and brought into line with the server in the background. */
export interface Replica {
  readonly snapshot: () => Snapshot
  readonly subscribe: (listener: () => void) => () => void
  /** The task as shown; follows a new task to the number that the server gave it. */
  readonly task: (id: number) => Task | undefined
  /** A number that stays the same while a new task gets its own. */
  readonly rowKey: (id: number) => number
  readonly write: (id: number | null, intent: Intent, base?: Task | null) => PendingWrite
  readonly cancel: (write: PendingWrite) => boolean
  readonly resolveConflict: (write: PendingWrite, choice: 'mine' | 'theirs') => void
  readonly changeOf: ChangeBuffer['changeOf']
  /** Changes as they arrive. */
  readonly onChange: ChangeBuffer['subscribe']
  readonly retry: () => void
  readonly close: () => void
}

const ADOPT_AGAIN_MS = 3000

export function createReplica(options: ReplicaOptions): Replica {
  const { client, user_id, saved } = options
  const closing = new AbortController()
  const tab = thisTab(closing.signal)
  const rows = createRows()
  const persister = createPersister(rows, saved)
  const recent = createChangeBuffer()
  const numbers = createIdMap()
  const emitter = createEmitter()
  const standing = createConnectionStatus(changed)
  let loading: Pick<Snapshot, 'phase' | 'failure'> = { phase: 'loading' }
  let view: Snapshot | undefined
  let lastAt = 0

  function changed(): void {
    view = undefined
    emitter.ring()
  }

  function become(next: typeof loading): void {
    loading = next
    changed()
  }

  const classify = (error: unknown) => classifyError(error, options.onSignedOut)
  const outbox = createOutbox({
    saved,
    classify,
    send: (write) => sendWrite(client, write, closing.signal),
    onRefused: options.onRefused,
    onChange() {
      news.release()
      changed()
    },
    onAccepted(write, answer) {
      take(write, answer)
      persister.touched()
      news.release()
      options.onAccepted(write, answer)
      // The server answers again: no need to wait until the link tries the next time.
      if (standing.connection() !== 'live' && link.isPlaced() && navigator.onLine) link.renew()
    },
  })

  function take(write: PendingWrite, answer: AcceptedWrite): void {
    if ('change' in answer) return rows.apply(answer.change)
    if (answer.deleted) return rows.remove(answer.task.id, answer.task.version)
    if (write.intent.kind === 'create') numbers.given(write.task_id, answer.task.id)
    rows.confirm(answer.task)
  }

  const news = deferOwnChanges(rows, () => outbox)
  const link = createSyncLoop({
    client,
    saved,
    persister,
    classify,
    rows: { ...rows, apply: news.apply },
    onReady: () => become({ phase: 'ready' }),
    onProgress: changed,
    onChange(change) {
      recent.add(change)
      changed()
    },
    onConnection(isConnected) {
      if (!isConnected) return standing.lost()
      standing.heard()
      outbox.retry()
    },
    onFailed(failure) {
      standing.away()
      if (loading.phase !== 'ready') become({ phase: 'failed', failure })
    },
  })

  const adopt = async () => outbox.adopt(await orphanedWrites(saved, tab))
  function retry(): void {
    void adopt()
    outbox.retry()
    if (loading.phase === 'failed') become({ phase: 'loading' })
    link.renew()
  }
  addEventListener('online', retry)
  addEventListener('offline', standing.away)
  void adopt().then(() => {
    if (closing.signal.aborted) return
    standing.lost()
    link.renew()
  })
  // A page that was just left may look as if it were still there.
  const adopting = setTimeout(() => void adopt(), ADOPT_AGAIN_MS)

  const snapshot = () =>
    (view ??= {
      ...loading,
      connection: standing.connection(),
      tasks: optimisticTasks(rows.tasks, outbox.writes),
      waiting: outbox.writes,
    })

  return {
    snapshot,
    subscribe: emitter.subscribe,
    task: (id) => snapshot().tasks.find((task) => task.id === numbers.current(id)),
    rowKey: numbers.rowKey,
    changeOf: recent.changeOf,
    onChange: recent.subscribe,
    retry,
    write(id, intent, base = null) {
      lastAt = Math.max(Date.now(), lastAt + 1)
      const task_id = id === null ? provisionalId() : numbers.current(id)
      const write: PendingWrite = { key: randomId(), at: lastAt, user_id, task_id, intent, base, tab }
      outbox.add(write)
      return write
    },
    cancel(write) {
      const waiting = outbox.writes.find(({ key }) => key === write.key)
      if (waiting === undefined || outbox.isSending(waiting)) return false
      outbox.cancel(write.key)
      return true
    },
    resolveConflict(write, choice) {
      const current = write.conflict
      if (choice === 'theirs' || current === undefined) return outbox.cancel(write.key)
      rows.confirm(current)
      outbox.replace(write.key, { ...write, key: randomId(), base: current, conflict: undefined })
    },
    close() {
      closing.abort()
      link.stop()
      outbox.close()
      persister.stop()
      standing.stop()
      clearTimeout(adopting)
      removeEventListener('online', retry)
      removeEventListener('offline', standing.away)
    },
  }
}
