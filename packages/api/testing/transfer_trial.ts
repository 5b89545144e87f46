import { isDeepStrictEqual } from 'node:util'
import { chance } from './chance.ts'
import { randomTask } from './random_tasks.ts'
import { newUser, type Caller, type TestServices } from './services.ts'
import { contentOf, exported, imported } from './transfers.ts'

/** Imports the export of random tasks twice into another account, and compares the two accounts. */
export async function transferTrial(api: TestServices, { tasks, seed }: { tasks: number; seed: number }) {
  const [owner, other] = [api.caller(newUser()), api.caller(newUser())]
  await fill(owner, { tasks, seed })
  const file = await exported(owner, 'json')
  const { created } = await imported(other, 'taskwire', file)
  const again = await imported(other, 'taskwire', file)
  const differences: object[] = []
  for (const status of ['all', 'deleted'] as const) {
    const [before, after] = [await contentOf(owner, status), await contentOf(other, status)]
    if (before.length !== after.length) differences.push({ status, before: before.length, after: after.length })
    for (const [index, task] of before.entries()) {
      const [left, right] = [task, after[index]].map((one) => ({
        ...one,
        ...(status === 'deleted' ? { updated_at: '' } : {}),
      }))
      if (!isDeepStrictEqual(left, right)) differences.push({ before: left, after: right })
    }
  }
  return { differences: differences.slice(0, 3), again: again.created, created }
}

/** Random tasks, some of them completed, moved or deleted after their creation. */
async function fill({ task }: Pick<Caller, 'task'>, { tasks, seed }: { tasks: number; seed: number }): Promise<void> {
  const luck = chance(seed)
  const ids: number[] = []
  while (ids.length < tasks) {
    const { id: task_id } = await task.create(randomTask(luck))
    ids.push(task_id)
    const kind = luck.below(12)
    if (kind === 0) await task.delete({ task_id })
    // Completing a recurring task makes another one.
    if (kind === 1 && ids.length < tasks) {
      const { next_task_id } = await task.complete({ task_id })
      if (next_task_id !== null) ids.push(next_task_id)
    }
    if (kind === 2) await task.move({ task_id, to: luck.oneOf(['first', 'last'] as const) })
  }
}
