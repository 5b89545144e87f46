import type { Change } from '../../client.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { Rows } from '../store/rows.ts'

export interface OwnChanges {
  readonly apply: (change: Change) => void
  /** Lets go what no answer is due for any more. */
  readonly release: () => void
}

/**
 * Lets changes through to the rows, but for the news of a task of ours whose own answer is still due: it would show
 * twice for a moment. That waits for the answer.
 */
export function deferOwnChanges(rows: Rows, outbox: () => Outbox): OwnChanges {
  let held: Change[] = []

  function isAnswerDue({ kind, after }: Change): boolean {
    if (kind !== 'created' || after === null) return false
    return outbox().writes.some(
      (write) => write.intent.kind === 'create' && outbox().isSending(write) && write.intent.title === after.title,
    )
  }

  return {
    apply(change) {
      if (isAnswerDue(change)) held.push(change)
      else rows.apply(change)
    },
    release() {
      const free = held.filter((change) => !isAnswerDue(change))
      held = held.filter((change) => !free.includes(change))
      for (const change of free) rows.apply(change)
    },
  }
}
