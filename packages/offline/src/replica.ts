import type { FiredReminder, Task, TaskwireClient } from '@taskwire/client'
import { provisionalId, randomId } from './random_id.ts'
import { adoptOrphans } from './outbox/adopt_orphans.ts'
import { classifyError } from './outbox/classify_error.ts'
import { writeComposer, type ComposeWrite } from './outbox/compose_write.ts'
import { withMadeChange } from './outbox/made_change.ts'
import { overrideWithEdit } from './outbox/merge.ts'
import { zoneOfTask } from './outbox/next_dates.ts'
import { createOutbox, type RejectionReason } from './outbox/outbox.ts'
import { revisedKey, successorId, type Intent, type PendingWrite } from './outbox/pending_write.ts'
import { sendBatch } from './outbox/send_batch.ts'
import { sendWrite, type AcceptedWrite } from './outbox/send_write.ts'
import { registerTab } from './outbox/tab.ts'
import { optimisticTasks } from './optimistic_view.ts'
import { createSnapshotSource, type Snapshot, type SnapshotSource } from './snapshot.ts'
import { createIdMap } from './store/id_map.ts'
import type { LocalDatabase } from './store/local_database.ts'
import { createPersister } from './store/persister.ts'
import { createRows } from './store/rows.ts'
import { createChangeBuffer, type ChangeBuffer } from './sync/change_buffer.ts'
import { createConnectionStatus } from './sync/connection_status.ts'
import { deferOwnChanges } from './sync/own_changes.ts'
import { createSyncLoop } from './sync/sync_loop.ts'

export interface ReplicaOptions {
  readonly client: TaskwireClient
  readonly user_id: string
  readonly database: LocalDatabase
  /** The zone that the user has set, in which tasks without one recur. */
  readonly zone?: () => string | null
  /** A write was rolled back, and why. */
  readonly onRejected: (write: PendingWrite, reason: RejectionReason) => void
  /** The user kept the server's version instead of the one of a write. */
  readonly onDiscarded?: (write: PendingWrite) => void
  readonly onAccepted?: (write: PendingWrite, answer: AcceptedWrite) => void
  readonly onReminder?: (reminder: FiredReminder) => void
  /** The server no longer accepts the token: the user has to sign in again. */
  readonly onSignedOut?: () => void
}

/** A user's tasks in this browser: read and written at once, and synchronised with the server in the background. */
export interface TaskReplica {
  readonly snapshot: () => Snapshot
  readonly subscribe: SnapshotSource['subscribe']
  /** The task as shown. Finds a new task by its provisional id too. */
  readonly task: (id: number) => Task | undefined
  /** A key that stays the same when a new task gets its id. */
  readonly rowKey: (id: number) => number
  /** Queues a write and shows its effect. A null `id` creates a task. */
  readonly write: ComposeWrite
  /** Queues writes that are sent together. */
  readonly writeAll: (intended: readonly Parameters<ComposeWrite>[]) => readonly PendingWrite[]
  /**
   * Drops a write that was not sent yet, and takes back one whose answer was lost. Returns false if it is too late for
   * that.
   */
  readonly cancel: (write: PendingWrite) => boolean
  readonly resolveConflict: (write: PendingWrite, choice: 'mine' | 'theirs') => void
  readonly findChange: ChangeBuffer['find']
  /** Subscribes to changes as they arrive. */
  readonly onChange: ChangeBuffer['subscribe']
  readonly retry: () => void
  readonly close: () => void
}

const FRAME_MS = 16
const ignore = () => {}

export function createReplica(options: ReplicaOptions): TaskReplica {
  const { client, user_id, database } = options
  const closing = new AbortController()
  const tab = registerTab(closing.signal)
  const rows = createRows()
  const persister = createPersister(rows, database)
  const changeBuffer = createChangeBuffer()
  const idMap = createIdMap()
  const compose = writeComposer(user_id, tab, idMap)
  const snapshots = createSnapshotSource(() => ({
    connection: connection.current(),
    tasks: optimisticTasks(rows.tasks, outbox.writes),
    waiting: outbox.writes,
  }))
  const connection = createConnectionStatus(snapshots.invalidate)

  const classify = (error: unknown) => classifyError(error, options.onSignedOut ?? ignore)
  const outbox = createOutbox({
    database,
    classify,
    async send(write) {
      const { signal } = closing
      return withMadeChange(client, { write, answer: await sendWrite(client, write, signal), signal })
    },
    sendTogether: (writes) => sendBatch(client, writes, closing.signal),
    onRejected: options.onRejected,
    onChange() {
      ownChanges.release()
      snapshots.invalidate()
    },
    onAccepted(write, answer) {
      applyAnswer(write, answer)
      persister.schedule()
      ownChanges.release()
      options.onAccepted?.(write, answer)
      // The server answers again: do not wait for the next attempt of the sync loop.
      if (connection.current() !== 'live' && syncLoop.hasPosition() && navigator.onLine) syncLoop.restart()
    },
  })

  function applyAnswer(write: PendingWrite, answer: AcceptedWrite): void {
    if ('change' in answer) {
      const { intent } = write
      // The change of the next occurrence arrives a moment later.
      const removed = rows.tasks.get((intent.kind === 'undo' && intent.removes) || Number.NaN)
      if (removed !== undefined) rows.remove(removed.id, removed.version + 1)
      return rows.apply(answer.change)
    }
    if (answer.deleted) return rows.remove(answer.task.id, answer.task.version)
    if (write.intent.kind === 'create') idMap.assign(write.task_id, answer.task.id)
    const provisional = successorId(write)
    if (provisional !== undefined && answer.task.next_task_id !== null) {
      idMap.assign(provisional, answer.task.next_task_id)
    }
    if (answer.next !== undefined) rows.confirm(answer.next)
    rows.confirm(answer.task)
  }

  let timer: ReturnType<typeof setTimeout> | undefined
  /** Changes may arrive by the thousand: what they change is shown once for a frame. */
  function invalidateSoon(): void {
    timer ??= setTimeout(() => {
      timer = undefined
      snapshots.invalidate()
    }, FRAME_MS)
  }

  const ownChanges = deferOwnChanges(rows, persister, () => outbox)
  const syncLoop = createSyncLoop({
    client,
    database,
    persister: { ...persister, advance: ownChanges.advance },
    classify,
    rows: { ...rows, apply: ownChanges.apply },
    onReady: () => snapshots.setLoading({ phase: 'ready' }),
    onProgress: invalidateSoon,
    onChange(change) {
      changeBuffer.add(change)
      invalidateSoon()
    },
    onReminder: options.onReminder ?? ignore,
    onConnection(isConnected) {
      if (!isConnected) return connection.onConnecting()
      connection.onConnected()
      adoptSince()
      outbox.retry()
    },
    onFailed(failure) {
      connection.onOffline()
      if (snapshots.current().phase !== 'ready') snapshots.setLoading({ phase: 'failed', failure })
    },
  })

  /** Completing a recurring task creates the next one, which is shown at once under an id of its own. */
  function withNext(id: number | null, intent: Intent, base: Task | null | undefined): Intent {
    if (intent.kind !== 'complete' || id === null) return intent
    const task = base ?? snapshots.current().tasks.find((shown) => shown.id === idMap.resolve(id))
    if (task === undefined || task.recurrence === null || task.completed) return intent
    return { ...intent, next: { id: provisionalId(), zone: zoneOfTask(task, options.zone?.() ?? null) } }
  }

  const adoption = adoptOrphans({ database, tab, adopt: outbox.adopt })
  function retry(): void {
    void adoption.adopt()
    outbox.retry()
    if (snapshots.current().phase === 'failed') snapshots.setLoading({ phase: 'loading' })
    syncLoop.restart()
  }
  /** Takes over what tabs have left behind that were closed since. Without locks the open ones would look closed too. */
  function adoptSince(): void {
    if ('locks' in navigator) void adoption.adopt()
  }
  function onVisibility(): void {
    if (document.visibilityState === 'visible') adoptSince()
  }
  addEventListener('online', retry)
  addEventListener('offline', connection.onOffline)
  addEventListener('visibilitychange', onVisibility)
  void adoption.adopt().then(() => {
    if (closing.signal.aborted) return
    connection.onConnecting()
    syncLoop.restart()
  })

  return {
    snapshot: snapshots.current,
    subscribe: snapshots.subscribe,
    task: (id) => snapshots.current().tasks.find((task) => task.id === idMap.resolve(id)),
    rowKey: idMap.rowKey,
    findChange: changeBuffer.find,
    onChange: changeBuffer.subscribe,
    retry,
    write(id, intent, base) {
      const write = compose(id, withNext(id, intent, base), base)
      outbox.add(write)
      return write
    },
    writeAll(intended) {
      const group = intended.length > 1 ? { group: randomId() } : {}
      const writes = intended.map(([id, intent, base]) => ({
        ...compose(id, withNext(id, intent, base), base),
        ...group,
      }))
      outbox.add(...writes)
      return writes
    },
    cancel: ({ key }) => outbox.cancel(key),
    resolveConflict(write, choice) {
      const { conflict, ...waiting } = write
      if (choice === 'theirs' || conflict === undefined) {
        outbox.cancel(write.key)
        return options.onDiscarded?.(write)
      }
      rows.confirm(conflict)
      outbox.replace(write.key, { ...overrideWithEdit(waiting, conflict), key: revisedKey(write.key) })
    },
    close() {
      closing.abort()
      clearTimeout(timer)
      syncLoop.stop()
      outbox.close()
      persister.stop()
      connection.stop()
      adoption.stop()
      removeEventListener('online', retry)
      removeEventListener('offline', connection.onOffline)
      removeEventListener('visibilitychange', onVisibility)
    },
  }
}
