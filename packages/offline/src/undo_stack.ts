import type { Change, TaskwireClient } from '@taskwire/client'
import { inOrder } from './in_order.ts'
import { madeChange, madeVersion } from './outbox/made_change.ts'
import { undoIntent } from './outbox/undo_intent.ts'
import { originalKey, type PendingWrite } from './outbox/pending_write.ts'
import type { AcceptedWrite } from './outbox/send_write.ts'
import { createOutcomes, type WriteOutcome } from './outbox/write_outcomes.ts'
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

/** Writes that are being undone. */
interface Taken {
  /** Those that were not sent yet, the last first. */
  readonly cancelled: Group
  readonly left: Group
}

/** What was undone. */
export interface Undone {
  readonly kind: PendingWrite['intent']['kind'] | Change['kind']
  readonly title: string | undefined
}

export function createUndoStack(client: TaskwireClient, replica: () => TaskReplica): UndoStack {
  let done: Step[] = []
  let undone: Step[] = []
  const { settle, cancelOrOutcome } = createOutcomes(replica)
  // An undo that waits for an answer has to be made before the undo of an earlier change, which would conflict otherwise.
  const enqueue = inOrder()
  let redoing = 0
  /** How many groups were recorded, and when each write was. What a redo makes is in no order with them. */
  let recorded = 0
  const recordedAt = new WeakMap<PendingWrite, number>()

  /** The change that the write made; undefined if it was dropped. */
  async function changeOf(outcome: WriteOutcome): Promise<Change | undefined> {
    if (outcome === 'dropped') return undefined
    if ('change' in outcome) return outcome.change
    return replica().findChange(outcome.task.id, madeVersion(outcome)) ?? madeChange(client, outcome)
  }

  /** Cancels a write that was not sent yet; otherwise undoes its change, and adds that new write to `stack`. */
  async function reverse(write: PendingWrite, push: (write: PendingWrite) => void): Promise<boolean> {
    const outcome = await cancelOrOutcome(write)
    if (outcome === 'cancelled') return true
    const change = await changeOf(outcome)
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

  /** The last step that can be undone and that was there when `count` groups were recorded. */
  function lastOf(count: number): Step | undefined {
    return done.findLast((step) => isRange(step) || step.every((write) => (recordedAt.get(write) ?? 0) <= count))
  }

  async function undoLatest(): Promise<readonly Undone[]> {
    // Those that are being undone, of which the log does not tell yet.
    const waiting = new Set(
      replica()
        .snapshot()
        .waiting.map(({ intent }) => intent.kind === 'undo' && intent.seq),
    )
    const { changes, ...found } = await latestChanges(client)
    const undoable = found.undoable.filter(({ seq }) => !waiting.has(seq))
    const latest = undoable.at(-1)
    if (latest === undefined) return []
    // What was done together is undone together.
    const together = latest.batch === null ? [latest] : undoable.filter(({ batch }) => batch === latest.batch)
    undone.push((await undoBatch(client, latest.batch, changes)) ?? together.toReversed().map(undoOf))
    return together.map(({ kind, after, before }) => ({ kind, title: after?.title ?? before?.title }))
  }

  async function undoStep(step: Step | undefined): Promise<readonly Undone[]> {
    if (step === undefined) return undoLatest()
    if (!isRange(step)) return undoTaken(take(step))
    const range = await undoRange(client, step)
    done = done.filter((other) => other !== step)
    undone.push(range)
    return Array.from({ length: range.last_seq - range.first_seq + 1 }, () => ({ kind: 'undo', title: undefined }))
  }

  async function redoLast(): Promise<boolean> {
    const group = undone.pop()
    if (group === undefined) return false
    if (isRange(group)) {
      done.push(await undoRange(client, group))
      return true
    }
    const { reversed, by } = await reverseAll(group)
    if (by.length > 0) done.push(by)
    return reversed.length > 0
  }

  /** Takes writes out of what can be undone, and cancels those that were not sent yet. */
  function take(group: Group): Taken {
    forget(new Set(group.map(({ key }) => key)))
    const cancelled = group.toReversed().filter((write) => replica().cancel(write))
    return { cancelled, left: group.filter((write) => !cancelled.includes(write)) }
  }

  async function undoTaken({ cancelled, left }: Taken): Promise<readonly Undone[]> {
    const { reversed, by } = await reverseAll(left)
    if (by.length > 0) undone.push(by)
    return [...cancelled, ...reversed].map(undoneBy)
  }

  return {
    record(writes) {
      if (writes.length === 0) return
      recorded++
      for (const write of writes) recordedAt.set(write, recorded)
      done.push(writes)
      undone = []
    },
    async undo(given) {
      const step = given ?? (redoing === 0 ? done.at(-1) : undefined)
      // What an undo or redo before this one leaves is known once that is over. What the user does meanwhile is not meant.
      const count = recorded
      if (step === undefined || isRange(step)) return enqueue(() => undoStep(lastOf(count)))
      const taken = take(step)
      return taken.left.length === 0 ? undoTaken(taken) : enqueue(() => undoTaken(taken))
    },
    async redo() {
      redoing++
      return enqueue(redoLast).finally(() => redoing--)
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
