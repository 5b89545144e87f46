import { afterAll, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'

const api = await testServices()
afterAll(api.close)

/** They have more subsets than there are statements of their own. */
const fields = {
  description: 'two',
  completed: true,
  priority: 'high' as const,
  tags: ['home'],
  checklist: [{ id: 'one', text: 'One', done: false }],
}
const defaults = { description: null, completed: false, priority: null, tags: [], checklist: [] }
const SUBSETS = 2 ** Object.keys(fields).length

function subset(bits: number): Partial<typeof fields> {
  return Object.fromEntries(Object.entries(fields).filter((_, index) => ((bits >> index) & 1) === 1))
}

test('a write sets exactly the fields that are sent, whichever they are, with a key and without', async () => {
  const user_id = newUser()
  const { task } = api.caller(user_id)
  for (let turn = 0; turn < 2 * SUBSETS; turn++) {
    const keyOf = (kind: string) => (turn % 2 === 1 ? { idempotency_key: `${kind}-${turn}` } : {})
    const [title, bits] = [`Milk ${turn}`, turn >> 1]
    const [sent, rest] = [subset(bits), subset(SUBSETS - 1 - bits)]
    const created = await task.create({ title, ...sent, ...keyOf('create') })
    expect(created).toMatchObject({ ...defaults, ...sent, title })
    const updated = await task.update({ task_id: created.id, ...rest, ...keyOf('update') })
    expect(updated).toMatchObject({ ...fields, title, version: 2 })
    const toggled = await task.toggle({ task_id: created.id, ...keyOf('toggle') })
    expect(toggled).toMatchObject({ ...fields, completed: false, version: 3 })
  }
  const { rows } = await api.database.pool.query(
    `SELECT via, actor, count(*)::int AS changes, count(key)::int AS keys, count(request)::int AS hashes
     FROM taskwire.change WHERE user_id = $1 GROUP BY via, actor`,
    [user_id],
  )
  expect(rows).toEqual([{ via: 'trpc', actor: null, changes: 6 * SUBSETS, keys: 3 * SUBSETS, hashes: 3 * SUBSETS }])
})
