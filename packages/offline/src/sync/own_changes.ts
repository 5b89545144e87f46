import type { Change } from '@taskwire/client'
import type { Outbox } from '../outbox/outbox.ts'
import { successorId } from '../outbox/pending_write.ts'
import type { Persister } from '../store/persister.ts'
import type { Rows } from '../store/rows.ts'

export interface OwnChanges {
  readonly apply: (change: Change) => void
  /** The log was followed up to `seq`. */
  readonly advance: Persister['advance']
  /** Applies the held changes whose answer has arrived. */
  readonly release: () => void
}

/**
 * Applies changes to the rows, but holds the creation of a task of this tab until the answer to that write has arrived:
 * otherwise the task would be shown twice for a moment.
 */
export function deferOwnChanges(rows: Rows, persister: Persister, outbox: () => Outbox): OwnChanges {
  let held: Change[] = []
  let reached = 0

  function isAwaitingAnswer({ kind, after, part_of }: Change): boolean {
    if (kind !== 'created' || after === null) return false
    return outbox().writes.some((write) => {
      if (!outbox().isSending(write) && write.attempted !== true) return false
      const { intent } = write
      // What is created as a part of another change is the next occurrence of a recurring task.
      return part_of === null
        ? intent.kind === 'create' && intent.fields.title === after.title
        : successorId(write) !== undefined
    })
  }

  /** Without the held changes: a page that opens later follows the log from there, and needs them too. */
  function advance(seq: number): void {
    reached = seq
    const [first] = held
    persister.advance(first === undefined ? seq : Math.min(seq, first.seq - 1))
  }

  return {
    advance,
    apply(change) {
      if (isAwaitingAnswer(change)) held.push(change)
      else rows.apply(change)
    },
    release() {
      const ready = held.filter((change) => !isAwaitingAnswer(change))
      held = held.filter((change) => !ready.includes(change))
      for (const change of ready) rows.apply(change)
      if (ready.length > 0) advance(reached)
    },
  }
}
