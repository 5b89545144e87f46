import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { ApiError } from '../errors/api_error.ts'
import { brokenLinks, newUser, testServices, wholeLog, type Caller } from '../../testing/services.ts'

const api = await testServices()
afterAll(api.close)

/** One step. `at` selects one of the tasks, or one of the changes, that exist at that point. */
type Step = { readonly at: number } & (
  | {
      readonly write: 'create' | 'update'
      readonly title?: string
      readonly description?: string | null
      readonly completed?: boolean
    }
  | { readonly write: 'toggle' | 'complete' | 'reopen' | 'delete' | 'undo' }
)

const at = fc.nat(1000)
const fields = {
  title: fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter((title) => title.trim() !== '' && !title.includes('\0')),
  description: fc.option(fc.constantFrom('', 'a', 'b')),
  completed: fc.boolean(),
}
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ at, write: fc.constant('create'), ...fields }) },
  {
    weight: 3,
    arbitrary: fc.record({ at, write: fc.constant('update'), ...fields }, { requiredKeys: ['at', 'write'] }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ at, write: fc.constantFrom('toggle', 'complete', 'reopen', 'delete', 'undo') }),
  },
)

async function taskIds(user_id: string): Promise<number[]> {
  const rows = await api.services.db.task.findMany({ where: { user_id }, select: { id: true }, orderBy: { id: 'asc' } })
  return rows.map(({ id }) => id)
}

async function take({ task, change }: Pick<Caller, 'task' | 'change'>, user_id: string, step: Step): Promise<void> {
  const ids = await taskIds(user_id)
  const task_id = ids[step.at % ids.length] ?? 1
  if (step.write === 'create') await task.create({ title: 'none', ...given(step) })
  else if (step.write === 'update') await task.update({ task_id, ...given(step) })
  else if (step.write === 'undo') await change.undo({ seq: 1 + (step.at % (await change.list({})).next) })
  else await task[step.write]({ task_id })
}

function given({ title, description, completed }: Extract<Step, { write: 'create' | 'update' }>) {
  return { ...(title === undefined ? {} : { title }), description, completed }
}

/** Every task as undo must restore it: only `version` and `updated_at` may differ. */
async function table(user_id: string) {
  const rows = await api.services.db.task.findMany({ where: { user_id }, orderBy: { id: 'asc' } })
  return new Map(
    rows.map(({ id, title, description, completed, created_at, deleted_at }) => [
      id,
      deleted_at === null ? { title, description, completed, created_at } : 'in the trash',
    ]),
  )
}

test('undoing any sequence of changes in reverse order restores the tasks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const user_id = newUser()
      const { task, change } = api.caller(user_id)
      await task.create({ title: 'first' })
      await task.create({ title: 'second', completed: true })
      const { id } = await task.create({ title: 'trashed' })
      await task.delete({ task_id: id })
      const before = await table(user_id)
      const { next: begin } = await change.list({})

      for (const step of steps) {
        await take({ task, change }, user_id, step).catch((error: unknown) => {
          if (!(error instanceof ApiError) || !['task_not_found', 'undo_conflict'].includes(error.reason)) throw error
        })
      }
      const { next: end } = await change.list({})
      for (let seq = end; seq > begin; seq--) expect(await change.undo({ seq })).toMatchObject({ undoes: seq })

      const after = await table(user_id)
      for (const [task_id, state] of after) expect(state).toEqual(before.get(task_id) ?? 'in the trash')
      expect(after.size).toBeGreaterThanOrEqual(before.size)
      const log = await wholeLog({ change })
      expect(log).toHaveLength(end + (end - begin))
      expect(brokenLinks(log)).toEqual([])
    }),
    { numRuns: 20 },
  )
})

test('no call failed with an unexpected error', () => {
  expect(api.logged).toEqual([])
})
