import type { Change, Client } from '../client.ts'
import type { PendingWrite } from './outbox/pending_write.ts'
import type { Replica } from './replica.ts'
import type { AcceptedWrite } from './outbox/send_write.ts'

/** Takes back what this tab did, the latest first. */
export interface UndoStack {
  /** Remembers a write, so that it can be taken back. */
  readonly record: (write: PendingWrite) => void
  /** Takes the latest write back, or the given one, and returns it. Undefined where there is nothing to take back. */
  readonly undo: (write?: PendingWrite) => Promise<PendingWrite | undefined>
  /** Does again what was taken back last. */
  readonly redo: () => Promise<boolean>
  /** Takes a change of the log back, whoever made it. */
  readonly revert: (change: Change) => void
  readonly accepted: (write: PendingWrite, answer: AcceptedWrite) => void
  readonly refused: (write: PendingWrite) => void
}

export function createUndoStack(client: Client, replica: () => Replica): UndoStack {
  let done: PendingWrite[] = []
  let undone: PendingWrite[] = []
  const answers = new Map<string, AcceptedWrite | 'refused'>()
  const waiters = new Map<string, (answer: AcceptedWrite | 'refused') => void>()

  function answered(write: PendingWrite, answer: AcceptedWrite | 'refused'): void {
    answers.set(write.key, answer)
    waiters.get(write.key)?.(answer)
    waiters.delete(write.key)
  }

  /** The change that the write made; undefined where it was refused. */
  async function changeOf(write: PendingWrite): Promise<Change | undefined> {
    const answer =
      answers.get(write.key) ??
      (await new Promise<AcceptedWrite | 'refused'>((resolve) => {
        waiters.set(write.key, resolve)
      }))
    if (answer === 'refused') return undefined
    if ('change' in answer) return answer.change
    const { task, deleted } = answer
    const version = deleted ? null : task.version
    const known = replica().changeOf(task.id, version)
    if (known !== undefined) return known
    const { items } = await client.task.history.query({ task_id: task.id, limit: 50 })
    return items.find((change) => (change.after?.version ?? null) === version)
  }

  async function reverse(write: PendingWrite, onto: (write: PendingWrite) => void): Promise<boolean> {
    if (replica().cancel(write)) return true
    const change = await changeOf(write)
    if (change === undefined) return false
    onto(revert(change))
    return true
  }

  function revert({ seq, task_id, before }: Change): PendingWrite {
    return replica().write(task_id, { kind: 'undo', seq, before })
  }

  return {
    record(write) {
      done.push(write)
      undone = []
    },
    async undo(given) {
      const write = given ?? done.at(-1)
      if (write === undefined) return undefined
      done = done.filter(({ key }) => key !== write.key)
      return (await reverse(write, (undoing) => undone.push(undoing))) ? write : undefined
    },
    async redo() {
      const write = undone.pop()
      return write === undefined ? false : reverse(write, (redoing) => done.push(redoing))
    },
    revert(change) {
      done.push(revert(change))
    },
    accepted: answered,
    refused(write) {
      answered(write, 'refused')
      done = done.filter(({ key }) => key !== write.key)
    },
  }
}
