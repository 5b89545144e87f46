import type { Change, Client, Task } from '../client.ts'
import { randomId, provisionalId } from '../random_id.ts'
import { follow } from './follow.ts'
import { createKeeper } from './keeper.ts'
import { createOutbox } from './outbox.ts'
import { applied, type Intent, type Pending } from './pending.ts'
import { createRows } from './rows.ts'
import type { Saved } from './saved.ts'
import { orphanedWrites, thisTab } from './tab.ts'
import { transmit, type Accepted } from './transmit.ts'
import { judged } from './verdict.ts'

export type Connection = 'live' | 'connecting' | 'offline'

/** What the screen shows. A new object whenever something differs. */
export interface Snapshot {
  /** The tasks as they will be once everything that waits is accepted. */
  readonly tasks: readonly Task[]
  readonly phase: 'loading' | 'ready' | 'failed'
  readonly failure?: unknown
  /** `connecting` for a moment only: who is not heard soon is away. */
  readonly connection: Connection
  readonly waiting: readonly Pending[]
}

export interface ReplicaOptions {
  readonly client: Client
  readonly user_id: string
  readonly saved: Saved
  /** A write was rolled back, and why. */
  readonly onRefused: (write: Pending, message: string) => void
  readonly onAccepted: (write: Pending, answer: Accepted) => void
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
  readonly write: (id: number | null, intent: Intent, base?: Task | null) => Pending
  readonly cancel: (write: Pending) => boolean
  readonly settleConflict: (write: Pending, choice: 'mine' | 'theirs') => void
  /** The change that brought a task to a version, or into the trash, if it went by lately. */
  readonly changeOf: (task_id: number, version: number | null) => Change | undefined
  /** Changes as they arrive. */
  readonly onChange: (listener: (change: Change) => void) => () => void
  readonly retry: () => void
  readonly close: () => void
}

const RETRY_MS = 3000
const PATIENCE_MS = 2000
const REMEMBERED_CHANGES = 1000

export function createReplica(options: ReplicaOptions): Replica {
  const { client, user_id, saved } = options
  const closing = new AbortController()
  const rows = createRows()
  const keeper = createKeeper(rows, saved)
  const listeners = new Set<() => void>()
  const changeListeners = new Set<(change: Change) => void>()
  const numbers = new Map<number, number>()
  const rowKeys = new Map<number, number>()
  const tab = thisTab(closing.signal)
  let recent: Change[] = []
  let announced: Change[] = []
  let place: number | undefined
  let following = new AbortController()
  let state: Pick<Snapshot, 'phase' | 'failure' | 'connection'> = { phase: 'loading', connection: 'connecting' }
  let view: Snapshot | undefined
  let lastAt = 0
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  let patience: ReturnType<typeof setTimeout> | undefined
  let scheduled = false

  function changed(): void {
    view = undefined
    if (scheduled) return
    scheduled = true
    queueMicrotask(() => {
      scheduled = false
      for (const listener of listeners) listener()
    })
  }

  const outbox = createOutbox({
    saved,
    send: (write) => transmit(client, write, closing.signal),
    judge: (error) => judged(error, options.onSignedOut),
    onChange() {
      releaseAnnounced()
      changed()
    },
    onRefused: options.onRefused,
    onAccepted(write, answer) {
      if ('change' in answer) rows.apply(answer.change)
      else if (answer.deleted) rows.remove(answer.task.id, answer.task.version)
      else {
        if (write.intent.kind === 'create') {
          numbers.set(write.task_id, answer.task.id)
          rowKeys.set(answer.task.id, write.task_id)
        }
        rows.confirm(answer.task)
      }
      keeper.touched()
      releaseAnnounced()
      options.onAccepted(write, answer)
      // The server answers again: no need to wait until the stream tries the next time.
      if (state.connection !== 'live' && place !== undefined && navigator.onLine) run()
    },
  })

  function remember(change: Change): void {
    recent.push(change)
    if (recent.length > 2 * REMEMBERED_CHANGES) recent = recent.slice(-REMEMBERED_CHANGES)
    for (const listener of changeListeners) listener(change)
  }

  /** A task of ours that is announced before its answer came would show twice for a moment. */
  function isAnswerDue({ kind, after }: Change): boolean {
    if (kind !== 'created' || after === null) return false
    return outbox.writes.some(
      (write) => write.intent.kind === 'create' && outbox.isSending(write) && write.intent.title === after.title,
    )
  }

  function releaseAnnounced(): void {
    const held = announced
    announced = held.filter(isAnswerDue)
    for (const change of held) if (!announced.includes(change)) rows.apply(change)
  }

  /** Follows the server from where the rows are, on a new connection. */
  function run(): void {
    clearTimeout(retryTimer)
    following.abort()
    following = new AbortController()
    const { signal } = following
    const early = (change: Change) => (isAnswerDue(change) ? void announced.push(change) : rows.apply(change))
    follow({
      client,
      saved,
      keeper,
      rows: { ...rows, apply: early },
      signal,
      since: place,
      onPlace: (seq) => (place = seq),
      onReady: () => set({ phase: 'ready' }),
      onProgress: changed,
      onChange(change) {
        remember(change)
        changed()
      },
      onConnection(isConnected) {
        setConnection(isConnected ? 'live' : 'connecting')
        if (isConnected) outbox.retry()
      },
    }).catch((error: unknown) => {
      if (signal.aborted) return
      if (judged(error, options.onSignedOut).kind === 'later') retryTimer = setTimeout(run, RETRY_MS)
      setConnection('offline')
      if (state.phase !== 'ready') set({ phase: 'failed', failure: error })
    })
  }

  function set(next: Partial<typeof state>): void {
    state = { ...state, ...next }
    changed()
  }

  function setConnection(connection: Connection): void {
    if (connection === 'connecting' && navigator.onLine) {
      // An attempt to connect again is no better news than the last that failed.
      if (state.connection === 'offline') return
      patience ??= setTimeout(() => setConnection('offline'), PATIENCE_MS)
      return set({ connection })
    }
    clearTimeout(patience)
    patience = undefined
    set({ connection: connection === 'connecting' ? 'offline' : connection })
  }

  function tasksShown(): Task[] {
    if (outbox.writes.length === 0) return [...rows.tasks.values()]
    const tasks = new Map(rows.tasks)
    for (const write of outbox.writes) {
      const task = applied(tasks.get(write.task_id), write)
      if (task === undefined) tasks.delete(write.task_id)
      else tasks.set(write.task_id, task)
    }
    return [...tasks.values()]
  }

  const adopt = async () => outbox.adopt(await orphanedWrites(saved, tab))
  const retry = () => {
    void adopt()
    outbox.retry()
    if (state.phase === 'failed') set({ phase: 'loading', failure: undefined })
    run()
  }
  const goOffline = () => setConnection('offline')
  addEventListener('online', retry)
  addEventListener('offline', goOffline)
  void adopt().then(() => {
    setConnection('connecting')
    run()
  })
  // A page that was just left may look as if it were still there.
  const adopting = setTimeout(() => void adopt(), RETRY_MS)

  const replica: Replica = {
    snapshot: () => (view ??= { ...state, tasks: tasksShown(), waiting: outbox.writes }),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    task: (id) => replica.snapshot().tasks.find((task) => task.id === (numbers.get(id) ?? id)),
    rowKey: (id) => rowKeys.get(id) ?? id,
    write(id, intent, base = null) {
      lastAt = Math.max(Date.now(), lastAt + 1)
      const task_id = id === null ? provisionalId() : (numbers.get(id) ?? id)
      const write: Pending = { key: randomId(), at: lastAt, user_id, task_id, intent, base, tab }
      outbox.add(write)
      return write
    },
    cancel(write) {
      const waiting = outbox.writes.find(({ key }) => key === write.key)
      if (waiting === undefined || outbox.isSending(waiting)) return false
      outbox.cancel(write.key)
      return true
    },
    settleConflict(write, choice) {
      const current = write.conflict
      if (choice === 'theirs' || current === undefined) return outbox.cancel(write.key)
      rows.confirm(current)
      outbox.replace(write.key, { ...write, key: randomId(), base: current, conflict: undefined })
    },
    changeOf: (task_id, version) =>
      recent.findLast((change) => change.task_id === task_id && (change.after?.version ?? null) === version),
    onChange(listener) {
      changeListeners.add(listener)
      return () => changeListeners.delete(listener)
    },
    retry,
    close() {
      closing.abort()
      following.abort()
      outbox.close()
      keeper.stop()
      clearTimeout(retryTimer)
      clearTimeout(patience)
      clearTimeout(adopting)
      removeEventListener('online', retry)
      removeEventListener('offline', goOffline)
    },
  }
  return replica
}
