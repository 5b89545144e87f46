import type { Change, TaskwireClient } from '@taskwire/client'
import { madeChange, madeVersion } from './outbox/made_change.ts'
import { undoIntent } from './outbox/undo_intent.ts'
import { originalKey, type PendingWrite } from './outbox/pending_write.ts'
import type { AcceptedWrite } from './outbox/send_write.ts'
import type { TaskReplica } from './replica.ts'
import { isRange, latestChanges, undoBatch, undoRange, type LogRange } from './undo_log.ts'

/** Undoes what was done in this tab, the latest first. */
export interface UndoStack {
  /** Remembers writes that were made together, so that they are undone together. */
  readonly record: (writes: Group) => void
  /**
   * Undoes the given writes, else those that this page made last, else the latest change of the log that was made in an
   * app and is not undone: after a reload, or of another tab. Empty if there is nothing to undo.
   */
  readonly undo: (writes?: Group) => Promise<readonly Undone[]>
  /** Redoes what was undone last. Returns false if there is nothing to redo. */
  readonly redo: () => Promise<boolean>
  /** Nothing that was done to the tasks that this page deleted can be undone any more: the trash was emptied. */
  readonly forgetDeleted: () => void
  /** Undoes a change of the log, whoever made it. */
  readonly undoChange: (change: Change) => void
  readonly onAccepted: (write: PendingWrite, answer: AcceptedWrite) => void
  /** The write will have no effect: the server rejected it, or the user gave it up in a conflict. */
  readonly onDropped: (write: PendingWrite) => void
}

/** Writes that were made together, in their order. */
type Group = readonly PendingWrite[]

type Step = Group | LogRange

/** What was undone. */
export interface Undone {
  readonly kind: PendingWrite['intent']['kind'] | Change['kind']
  readonly title: string | undefined
}

export function createUndoStack(client: TaskwireClient, replica: () => TaskReplica): UndoStack {
  let done: Step[] = []
  let undone: Step[] = []
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
    return replica().findChange(outcome.task.id, madeVersion(outcome)) ?? madeChange(client, outcome)
  }

  /** Cancels a write that was not sent yet; otherwise undoes its change, and adds that new write to `stack`. */
  async function reverse(write: PendingWrite, push: (write: PendingWrite) => void): Promise<boolean> {
    if (replica().cancel(write)) return true
    const change = await changeOf(write)
    if (change === undefined) return false
    push(undoOf(change))
    return true
  }

  function undoOf(change: Change): PendingWrite {
    return replica().write(change.task_id, undoIntent(change))
  }

  /** Reverses writes, the last one first, and returns those for which that worked, and the writes that do it. */
  async function reverseAll(group: Group): Promise<{ reversed: PendingWrite[]; by: PendingWrite[] }> {
    const reversed: PendingWrite[] = []
    const by: PendingWrite[] = []
    for (const write of group.toReversed()) {
      if (await reverse(write, (undoing) => by.push(undoing)).catch(() => false)) reversed.push(write)
    }
    return { reversed, by }
  }

  /** Takes the writes of these keys out of what can be undone. */
  function forget(keys: ReadonlySet<string>): void {
    done = done
      .map((step) => (isRange(step) ? step : step.filter(({ key }) => !keys.has(key))))
      .filter((step) => isRange(step) || step.length > 0)
  }

  async function undoLatest(): Promise<readonly Undone[]> {
    const { changes, undoable } = await latestChanges(client)
    const latest = undoable.at(-1)
    if (latest === undefined) return []
    // What was done together is undone together.
    const together = latest.batch === null ? [latest] : undoable.filter(({ batch }) => batch === latest.batch)
    undone.push((await undoBatch(client, latest.batch, changes)) ?? together.toReversed().map(undoOf))
    return together.map(({ kind, after, before }) => ({ kind, title: after?.title ?? before?.title }))
  }

  return {
    record(writes) {
      if (writes.length === 0) return
      done.push(writes)
      undone = []
    },
    async undo(given) {
      const group = given ?? done.at(-1)
      if (group === undefined) return undoLatest()
      if (isRange(group)) {
        const range = await undoRange(client, group)
        done = done.filter((step) => step !== group)
        undone.push(range)
        return Array.from({ length: range.last_seq - range.first_seq + 1 }, () => ({ kind: 'undo', title: undefined }))
      }
      forget(new Set(group.map(({ key }) => key)))
      const { reversed, by } = await reverseAll(group)
      if (by.length > 0) undone.push(by)
      return reversed.map(undoneBy)
    },
    async redo() {
      const group = undone.pop()
      if (group === undefined) return false
      if (isRange(group)) {
        done.push(await undoRange(client, group))
        return true
      }
      const { reversed, by } = await reverseAll(group)
      if (by.length > 0) done.push(by)
      return reversed.length > 0
    },
    forgetDeleted() {
      const writes = done.flatMap((step) => (isRange(step) ? [] : step))
      const { rowKey } = replica()
      const deleted = new Set(
        writes.filter(({ intent }) => intent.kind === 'delete').map(({ task_id }) => rowKey(task_id)),
      )
      forget(new Set(writes.filter(({ task_id }) => deleted.has(rowKey(task_id))).map(({ key }) => key)))
    },
    undoChange(change) {
      done.push([undoOf(change)])
    },
    onAccepted: settle,
    onDropped(write) {
      settle(write, 'dropped')
      forget(new Set([originalKey(write)]))
    },
  }
}

function undoneBy({ intent, base }: PendingWrite): Undone {
  return { kind: intent.kind, title: intent.kind === 'create' ? intent.fields.title : base?.title }
}
