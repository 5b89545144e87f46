import type { Change, Client } from '../client.ts'
import { originalKey, type PendingWrite } from './outbox/pending_write.ts'
import type { AcceptedWrite } from './outbox/send_write.ts'
import type { TaskReplica } from './replica.ts'

/** Undoes what was done in this tab, the latest first. */
export interface UndoStack {
  /** Remembers a write, so that it can be undone. */
  readonly record: (write: PendingWrite) => void
  /**
   * Undoes the given write, else the latest of this page, else the latest change of the log that was made in an app and
   * is not undone: after a reload, or of another tab. Undefined if there is nothing to undo.
   */
  readonly undo: (write?: PendingWrite) => Promise<Undone | undefined>
  /** Redoes what was undone last. Returns false if there is nothing to redo. */
  readonly redo: () => Promise<boolean>
  /** Undoes a change of the log, whoever made it. */
  readonly undoChange: (change: Change) => void
  readonly onAccepted: (write: PendingWrite, answer: AcceptedWrite) => void
  /** The write will have no effect: the server rejected it, or the user gave it up in a conflict. */
  readonly onDropped: (write: PendingWrite) => void
}

/** What was undone. */
export interface Undone {
  readonly kind: PendingWrite['intent']['kind'] | Change['kind']
  readonly title: string | undefined
}

/** How far back in the log undo looks for a change. */
const LOOK_BACK = 200

export function createUndoStack(client: Client, replica: () => TaskReplica): UndoStack {
  let done: PendingWrite[] = []
  let undone: PendingWrite[] = []
  // By the keys that the writes had when they were made: a merge or a choice in a conflict gives a write another.
  const outcomes = new Map<string, AcceptedWrite | 'dropped'>()
  const waiters = new Map<string, (outcome: AcceptedWrite | 'dropped') => void>()

  function settle(write: PendingWrite, outcome: AcceptedWrite | 'dropped'): void {
    const key = originalKey(write)
    outcomes.set(key, outcome)
    waiters.get(key)?.(outcome)
    waiters.delete(key)
  }

  async function outcomeOf(write: PendingWrite): Promise<AcceptedWrite | 'dropped'> {
    return outcomes.get(write.key) ?? new Promise((resolve) => waiters.set(write.key, resolve))
  }

  /** The change that the write made; undefined if it was dropped. */
  async function changeOf(write: PendingWrite): Promise<Change | undefined> {
    const outcome = await outcomeOf(write)
    if (outcome === 'dropped') return undefined
    if ('change' in outcome) return outcome.change
    const { task, deleted } = outcome
    const version = deleted ? null : task.version
    const known = replica().findChange(task.id, version)
    if (known !== undefined) return known
    const { items } = await client.task.history.query({ task_id: task.id, limit: 50 })
    return items.find((change) => (change.after?.version ?? null) === version)
  }

  /** Cancels a write that was not sent yet; otherwise undoes its change, and adds that new write to `stack`. */
  async function reverse(write: PendingWrite, push: (write: PendingWrite) => void): Promise<boolean> {
    if (replica().cancel(write)) return true
    const change = await changeOf(write)
    if (change === undefined) return false
    push(undoOf(change))
    return true
  }

  function undoOf({ kind, seq, task_id, before, after }: Change): PendingWrite {
    const removes = kind === 'completed' ? after?.next_task_id : undefined
    return replica().write(task_id, { kind: 'undo', seq, before, ...(removes && { removes }) })
  }

  async function undoLatest(): Promise<Undone | undefined> {
    const { next } = await client.change.list.query({})
    const { changes } = await client.change.list.query({ since: Math.max(0, next - LOOK_BACK), limit: LOOK_BACK })
    const reversed = new Set(changes.map(({ undoes }) => undoes))
    const change = changes.findLast(
      ({ seq, via, undoes, part_of }) => via === 'trpc' && undoes === null && part_of === null && !reversed.has(seq),
    )
    if (change === undefined) return undefined
    undone.push(undoOf(change))
    return { kind: change.kind, title: change.after?.title ?? change.before?.title }
  }

  return {
    record(write) {
      done.push(write)
      undone = []
    },
    async undo(given) {
      const write = given ?? done.at(-1)
      if (write === undefined) return undoLatest()
      done = done.filter(({ key }) => key !== write.key)
      return (await reverse(write, (undoing) => undone.push(undoing))) ? undoneBy(write) : undefined
    },
    async redo() {
      const write = undone.pop()
      return write === undefined ? false : reverse(write, (redoing) => done.push(redoing))
    },
    undoChange(change) {
      done.push(undoOf(change))
    },
    onAccepted: settle,
    onDropped(write) {
      settle(write, 'dropped')
      done = done.filter(({ key }) => key !== originalKey(write))
    },
  }
}

function undoneBy({ intent, base }: PendingWrite): Undone {
  return { kind: intent.kind, title: intent.kind === 'create' ? intent.fields.title : base?.title }
}
