import type { LocalDatabase } from '../store/local_database.ts'
import type { TaskwireError } from '@taskwire/client'
import { callSafely } from '../call_safely.ts'
import type { FailureClass } from './classify_error.ts'
import { mergeEdit, rebaseWrite } from './merge.ts'
import { nextWrites } from './next_writes.ts'
import { revisedKey, successorId, type PendingWrite } from './pending_write.ts'
import type { Outcome } from './send_batch.ts'
import type { AcceptedWrite } from './send_write.ts'
import { rebaseOnSuccessor } from './successor.ts'
import { undoingWrite } from './undo_intent.ts'

/**
 * Why a write was given up: the error that the server answered, or `series_ended`, if it was meant for the next
 * occurrence of a task that repeats no more.
 */
export type RejectionReason = TaskwireError | 'series_ended'

export interface OutboxOptions {
  readonly database: LocalDatabase
  /** Sends one write; rejects with the error that the server answered. */
  readonly send: (write: PendingWrite) => Promise<AcceptedWrite>
  /** Sends several writes in one call; rejects if the whole call failed. */
  readonly sendTogether: (writes: readonly PendingWrite[]) => Promise<readonly Outcome[]>
  /** What a failed send means for its write. */
  readonly classify: (error: unknown) => FailureClass
  readonly onChange: () => void
  readonly onAccepted: (write: PendingWrite, answer: AcceptedWrite) => void
  readonly onRejected: (write: PendingWrite, reason: RejectionReason) => void
}

/** The writes that the server has not accepted yet. They are sent one after the other, in order. */
export interface Outbox {
  readonly writes: readonly PendingWrite[]
  /** Whether the write is being sent. */
  readonly isSending: (write: PendingWrite) => boolean
  readonly add: (...added: readonly PendingWrite[]) => void
  /** Takes over writes that a closed tab left behind. */
  readonly adopt: (writes: readonly PendingWrite[]) => void
  /**
   * Drops a write that was not sent yet, and the later writes on a task that it would have created. One whose answer was
   * lost is undone on the server, if it arrived there. Returns false if it is too late: the write is on its way.
   */
  readonly cancel: (key: string) => boolean
  /** Sends `by` in place of a write that was in conflict. */
  readonly replace: (key: string, by: PendingWrite) => void
  /** Sends at once what waits for the next attempt. */
  readonly retry: () => void
  readonly close: () => void
}

export function createOutbox(options: OutboxOptions): Outbox {
  const { database, onChange } = options
  let writes: PendingWrite[] = []
  let sending: readonly PendingWrite[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let isClosed = false

  const save = (write: PendingWrite) => void database.saveWrite(write).catch(() => {})
  function drop(key: string): void {
    writes = writes.filter((write) => write.key !== key)
    void database.deleteWrite(key).catch(() => {})
  }

  /** Drops the later writes on a task that the write would have created. */
  function dropDependents({ intent, ...write }: PendingWrite): PendingWrite[] {
    const created = intent.kind === 'create' ? write.task_id : successorId({ intent, ...write })
    const isDependent = ({ key, task_id }: PendingWrite) => task_id === created && key !== write.key
    const dependents = created === undefined ? [] : writes.filter(isDependent)
    for (const { key } of dependents) drop(key)
    return [...dependents, ...dependents.flatMap(dropDependents)]
  }

  const isSending = (write: PendingWrite) => sending.some(({ key }) => key === write.key)

  function revise(revised: (write: PendingWrite) => PendingWrite): void {
    writes = writes.map((write) => {
      const changed = revised(write)
      if (changed !== write) save(changed)
      return changed
    })
  }

  function accept(write: PendingWrite, answer: AcceptedWrite): void {
    const task = 'task' in answer ? answer.task : answer.change.after
    revise((waiting) => {
      if (waiting.key === write.key || task === null) return waiting
      const rebased = rebaseWrite(waiting, write, task)
      return 'task' in answer ? rebaseOnSuccessor(rebased, write, answer) : rebased
    })
    if (write.withdrawn === true && 'change' in answer) return replace(write.key, undoingWrite(write, answer.change))
    drop(write.key)
    callSafely(() => options.onAccepted(write, answer))
    // Without a next occurrence there is nothing that writes on it could change: it ended, or repeats no more.
    for (const lost of dropDependents(write)) callSafely(() => options.onRejected(lost, 'series_ended'))
  }

  function fail(write: PendingWrite, error: unknown, couldLeave: boolean): void {
    const failure = options.classify(error)
    if (failure.kind === 'retry') {
      timer = setTimeout(retry, failure.ms)
      if (couldLeave && failure.mayHaveArrived)
        revise((waiting) => (isSending(waiting) ? { ...waiting, attempted: true } : waiting))
    } else if (write.withdrawn === true) {
      // It had no effect: there is nothing to undo.
      drop(write.key)
    } else if (failure.kind === 'conflict') {
      const { current } = failure
      const merged = mergeEdit(write, current)
      if (merged !== undefined) replace(write.key, { ...merged, attempted: false, key: revisedKey(write.key) })
      else
        revise((waiting) => (waiting.key === write.key ? { ...waiting, attempted: false, conflict: current } : waiting))
    } else {
      drop(write.key)
      dropDependents(write)
      callSafely(() => options.onRejected(write, failure.error))
    }
  }

  /** Never rejects. Where a whole call failed, so did each of its writes. */
  async function outcomesOf(together: readonly PendingWrite[]): Promise<readonly Outcome[]> {
    const [write, ...others] = together
    try {
      if (write === undefined) return []
      return others.length === 0 ? [{ answer: await options.send(write) }] : await options.sendTogether(together)
    } catch (error) {
      return together.map(() => ({ error }))
    }
  }

  async function sendAll(): Promise<void> {
    if (sending.length > 0 || timer !== undefined) return
    for (let next = nextWrites(writes); next.length > 0 && !isClosed; next = nextWrites(writes)) {
      sending = next
      const wasOnline = navigator.onLine
      const outcomes = await outcomesOf(next)
      try {
        for (const [index, write] of next.entries()) {
          const outcome = outcomes[index]
          if (outcome === undefined) continue
          // An answer of the server counts, even if the page is being left.
          if ('answer' in outcome) accept(write, outcome.answer)
          // A browser without a network sends nothing. If it lost the network during the call, the server may have the write.
          else if (!isClosed && timer === undefined) fail(write, outcome.error, wasOnline || navigator.onLine)
        }
      } finally {
        sending = []
      }
      onChange()
      if (timer !== undefined) return
    }
  }

  function replace(key: string, by: PendingWrite): void {
    writes = writes.map((write) => (write.key === key ? by : write))
    save(by)
    if (by.key !== key) void database.deleteWrite(key).catch(() => {})
    onChange()
    void sendAll()
  }

  function retry(): void {
    clearTimeout(timer)
    timer = undefined
    if (!isClosed) void sendAll()
  }

  return {
    get writes() {
      return writes
    },
    isSending,
    add(...added) {
      writes = [...writes, ...added]
      added.forEach(save)
      onChange()
      void sendAll()
    },
    adopt(orphans) {
      const known = new Set(writes.map(({ key }) => key))
      writes = [...writes, ...orphans.filter(({ key }) => !known.has(key))].toSorted((a, b) => a.at - b.at)
      // A write that this tab already has may have been undone here since it was stored.
      const adopted = new Set(orphans.map(({ key }) => key))
      writes.filter(({ key }) => adopted.has(key)).forEach(save)
      onChange()
      void sendAll()
    },
    cancel(key) {
      const write = writes.find((waiting) => waiting.key === key)
      if (write === undefined || isSending(write)) return false
      if (write.attempted === true)
        revise((waiting) => (waiting.key === key ? { ...waiting, withdrawn: true } : waiting))
      else drop(key)
      dropDependents(write)
      onChange()
      return true
    },
    replace,
    retry,
    close() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}
