import type { Change, Client } from '../client.ts'
import type { Pending } from './pending.ts'
import type { Replica } from './replica.ts'
import type { Accepted } from './transmit.ts'

/** Takes back what this tab did, the latest first. */
export interface Undo {
  /** Remembers a write, so that it can be taken back. */
  readonly did: (write: Pending) => void
  /** Takes the latest write back, or the given one, and returns it. Undefined where there is nothing to take back. */
  readonly undo: (write?: Pending) => Promise<Pending | undefined>
  /** Does again what was taken back last. */
  readonly redo: () => Promise<boolean>
  /** Takes a change of the log back, whoever made it. */
  readonly takeBack: (change: Change) => void
  readonly accepted: (write: Pending, answer: Accepted) => void
  readonly refused: (write: Pending) => void
}

export function createUndo(client: Client, replica: () => Replica): Undo {
  let done: Pending[] = []
  let undone: Pending[] = []
  const answers = new Map<string, Accepted | 'refused'>()
  const waiters = new Map<string, (answer: Accepted | 'refused') => void>()

  function answered(write: Pending, answer: Accepted | 'refused'): void {
    answers.set(write.key, answer)
    waiters.get(write.key)?.(answer)
    waiters.delete(write.key)
  }

  /** The change that the write made; undefined where it was refused. */
  async function changeOf(write: Pending): Promise<Change | undefined> {
    const answer =
      answers.get(write.key) ??
      (await new Promise<Accepted | 'refused'>((resolve) => {
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

  async function reverse(write: Pending, onto: (write: Pending) => void): Promise<boolean> {
    if (replica().cancel(write)) return true
    const change = await changeOf(write)
    if (change === undefined) return false
    onto(takeBack(change))
    return true
  }

  function takeBack({ seq, task_id, before }: Change): Pending {
    return replica().write(task_id, { kind: 'undo', seq, before })
  }

  return {
    did(write) {
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
    takeBack(change) {
      done.push(takeBack(change))
    },
    accepted: answered,
    refused(write) {
      answered(write, 'refused')
      done = done.filter(({ key }) => key !== write.key)
    },
  }
}
