import type { TaskReplica } from '../replica.ts'
import { originalKey, type PendingWrite } from './pending_write.ts'
import type { AcceptedWrite } from './send_write.ts'

export type WriteOutcome = AcceptedWrite | 'dropped'

/** What became of the writes of this page. */
interface WriteOutcomes {
  readonly settle: (write: PendingWrite, outcome: WriteOutcome) => void
  /** Cancels a write that was not sent yet, or whose answer was lost; waits for the answer to one that is on its way. */
  readonly cancelOrOutcome: (write: PendingWrite) => Promise<WriteOutcome | 'cancelled'>
}

export function createOutcomes(replica: () => TaskReplica): WriteOutcomes {
  // By the keys that the writes had when they were made: a merge or a choice in a conflict gives a write another.
  const outcomes = new Map<string, WriteOutcome>()
  return {
    settle: (write, outcome) => void outcomes.set(originalKey(write), outcome),
    async cancelOrOutcome(write) {
      const { cancel, snapshot, subscribe } = replica()
      for (;;) {
        if (cancel(write)) return 'cancelled'
        const outcome = outcomes.get(write.key)
        if (outcome !== undefined) return outcome
        // What was cancelled before, or was meant for a task that was never created, has no outcome.
        if (!snapshot().waiting.some((waiting) => originalKey(waiting) === write.key)) return 'dropped'
        await nextCall(subscribe)
      }
    },
  }
}

function nextCall(subscribe: TaskReplica['subscribe']): Promise<void> {
  return new Promise((resolve) => {
    const leave = subscribe(() => {
      leave()
      resolve()
    })
  })
}
