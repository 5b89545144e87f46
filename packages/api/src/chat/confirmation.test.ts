import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newUser, testServices, type Caller, type TestServices } from '../../testing/services.ts'
import { saysYes } from './consent.ts'
import { scriptedAssistant, type ScriptedAssistant } from '../../testing/scripted_assistant.ts'

let fixture: TestServices
let assistant: ScriptedAssistant
beforeAll(async () => {
  fixture = await testServices()
})
afterAll(() => fixture.close())
beforeEach(() => {
  assistant = scriptedAssistant()
  Object.assign(fixture.services, { assistant })
})

/** A user with some tasks, and an assistant that makes the given calls for a message, in parallel or one by one. */
async function userWithTasks(count: number) {
  const api = fixture.caller(newUser())
  const ids: number[] = []
  for (let number = 1; number <= count; number++) ids.push((await api.task.create({ title: `Task ${number}` })).id)
  let conversation_id: number | undefined
  async function send(message: string, calls: readonly [tool: string, args: object][], parallel = true) {
    assistant.script = async (_, tool) => {
      if (parallel) await Promise.all(calls.map(([name, args]) => tool(name).run(args)))
      else for (const [name, args] of calls) await tool(name).run(args)
      return 'That is that.'
    }
    const answer = await api.chat.send({ message, conversation_id })
    conversation_id = answer.conversation_id
    const statuses = answer.tool_calls.map(({ result }) => result['status'] ?? result['code'])
    return { ...answer, statuses }
  }
  const deletions = (...which: number[]): [string, object][] =>
    which.map((number) => ['delete_task', { task_id: ids[number - 1] }])
  return { api, ids, send, deletions }
}

async function taskCount(api: Caller): Promise<number> {
  return (await api.task.list({ limit: 200 })).items.length
}

describe('removing', () => {
  test('one task needs no confirmation', async () => {
    const { api, send, deletions } = await userWithTasks(3)
    expect((await send('Delete 1', deletions(1))).statuses).toEqual(['deleted'])
    expect((await send('Delete 2', deletions(2))).statuses).toEqual(['deleted'])
    expect(await taskCount(api)).toBe(1)
  })

  test('several tasks requires a yes to exactly these tasks, which the server lists', async () => {
    const { api, ids, send, deletions } = await userWithTasks(4)
    const asked = await send('Delete the first three', deletions(1, 2, 3))
    expect(asked.statuses).toEqual(Array(3).fill('confirmation_required'))
    expect(asked.response).toBe(
      `That is that.\n\nWaiting for your confirmation. Answer "yes" to do this, or "no" to leave it:\n` +
        [1, 2, 3].map((number) => `- delete task ${ids[number - 1]} “Task ${number}”`).join('\n'),
    )
    expect(await taskCount(api)).toBe(4)
    const done = await send('Yes, please', deletions(1, 2, 3))
    expect(done.statuses).toEqual(['deleted', 'deleted', 'deleted'])
    expect(await taskCount(api)).toBe(1)
  })

  test('a second task in the same answer requires a confirmation, even if the first was removed', async () => {
    const { api, send, deletions } = await userWithTasks(3)
    const asked = await send('Delete all', deletions(1, 2, 3), false)
    expect(asked.statuses).toEqual(['deleted', 'confirmation_required', 'confirmation_required'])
    const done = await send('yes', deletions(2, 3), false)
    expect(done.statuses).toEqual(['deleted', 'deleted'])
    expect(await taskCount(api)).toBe(0)
  })

  test('tasks other than the confirmed ones requires another confirmation', async () => {
    const { api, send, deletions } = await userWithTasks(5)
    await send('Delete 1 and 2', deletions(1, 2))
    const done = await send('yes', deletions(1, 3, 2, 4), false)
    expect(done.statuses).toEqual(['deleted', 'confirmation_required', 'deleted', 'confirmation_required'])
    expect(await taskCount(api)).toBe(3)
  })

  test('several tasks requires the yes in the very next message', async () => {
    const { api, send, deletions } = await userWithTasks(3)
    await send('Delete 1 and 2', deletions(1, 2))
    await send('What is the weather?', [])
    expect((await send('yes', deletions(1, 2))).statuses).toEqual(Array(2).fill('confirmation_required'))
    expect(await taskCount(api)).toBe(3)
  })

  test('several tasks requires a plain yes', async () => {
    const { api, send, deletions } = await userWithTasks(2)
    for (const message of ['no', 'yes, but not the first', 'wait', 'Are you sure?', 'delete them']) {
      await send('Delete both', deletions(1, 2))
      expect((await send(message, deletions(1, 2))).statuses).toEqual(Array(2).fill('confirmation_required'))
    }
    expect(await taskCount(api)).toBe(2)
  })

  test('one task needs no confirmation after a failed removal', async () => {
    const { api, send, deletions } = await userWithTasks(2)
    const answer = await send('Delete', [['delete_task', { task_id: 999_999 }], ...deletions(1)], false)
    expect(answer.statuses).toEqual(['task_not_found', 'deleted'])
    expect(await taskCount(api)).toBe(1)
  })

  test('a second task requires a confirmation, also after the first was asked to be removed again', async () => {
    const { api, send, deletions } = await userWithTasks(3)
    const { statuses } = await send('Delete 1', deletions(1, 1, 2), false)
    expect(statuses).toEqual(['deleted', 'task_not_found', 'confirmation_required'])
    expect(await taskCount(api)).toBe(2)
  })

  test('includes undoing, because undoing a creation deletes', async () => {
    const { api, send } = await userWithTasks(3)
    const undos: [string, object][] = [1, 2, 3].map((seq) => ['undo', { seq }])
    const asked = await send('Undo everything', undos)
    expect(asked.statuses).toEqual(Array(3).fill('confirmation_required'))
    expect(asked.response).toContain('- undo change 2')
    expect(await taskCount(api)).toBe(3)
    await send('ok', undos)
    expect(await taskCount(api)).toBe(0)
  })

  test('several tasks can be undone without a confirmation, because that brings them back', async () => {
    const { api, send, deletions } = await userWithTasks(8)
    await send('Delete all', deletions(1, 2, 3, 4, 5, 6, 7, 8))
    await send('yes', deletions(1, 2, 3, 4, 5, 6, 7, 8))
    expect(await taskCount(api)).toBe(0)
    expect((await send('undo', [['undo', {}]])).statuses).toEqual(['undone'])
    expect(await taskCount(api)).toBe(8)
  })

  test('several created tasks requires a confirmation to undo, also if other changes are undone with them', async () => {
    const { api, send, ids } = await userWithTasks(1)
    await send('Add two', [
      ['add_task', { title: 'One' }],
      ['add_task', { title: 'Two' }],
      ['complete_task', { task_id: ids[0] }],
    ])
    const undos: [string, object][] = Array.from({ length: 3 }, () => ['undo', {}])
    const { statuses } = await send('undo', undos)
    expect(statuses.filter((status) => status === 'confirmation_required').length).toBeGreaterThanOrEqual(2)
    expect(await taskCount(api)).toBe(3)
  })

  test.for([
    { earlier: 'the completion of a recurring task', seqs: [undefined] },
    { earlier: 'changes before them', seqs: [1, 2] },
  ])('created tasks requires a confirmation to undo after an undo of $earlier', async ({ seqs }) => {
    const { api, send, ids } = await userWithTasks(0)
    const repeated = { title: 'Water', due_date: '2026-12-01', recurrence: { rule: 'FREQ=DAILY' } }
    ids.push((await api.task.create(repeated)).id, (await api.task.create({ title: 'Read' })).id)
    const renames = ids.map((task_id): [string, object] => ['update_task', { task_id, description: 'x' }])
    const completion: [string, object] = ['complete_task', { task_id: ids[0] }]
    const creations = ['One', 'Two'].map((title): [string, object] => ['add_task', { title }])
    const isOfSeries = seqs[0] === undefined
    if (!isOfSeries) await send('Describe them', renames, false)
    await send('Add two', creations)
    if (isOfSeries) await send('Water', [completion])
    const undos = seqs.map((seq): [string, object] => ['undo', seq === undefined ? {} : { seq: seq + 2 }])
    expect((await send('undo that', undos, false)).statuses).toEqual(seqs.map(() => 'undone'))
    expect((await send('undo', [['undo', {}]])).statuses).toEqual(['confirmation_required'])
    expect(await taskCount(api)).toBe(4)
  })

  test('several tasks by one call requires a confirmation of it', async () => {
    const { api, send, ids } = await userWithTasks(3)
    const deletion: [string, object] = ['change_tasks', { task_ids: ids, do: 'delete' }]
    expect((await send('Delete all', [deletion])).statuses).toEqual(['confirmation_required'])
    expect(await taskCount(api)).toBe(3)
    expect((await send('yes', [['change_tasks', { task_ids: ids.toReversed(), do: 'delete' }]])).statuses).toEqual([
      undefined,
    ])
    expect(await taskCount(api)).toBe(0)
    expect((await send('undo', [['undo', {}]])).statuses).toEqual(['undone'])
    expect(await taskCount(api)).toBe(3)
  })

  test('more than fifty tasks cannot be confirmed at once', async () => {
    const { api, send, deletions } = await userWithTasks(60)
    const all = deletions(...Array.from({ length: 60 }, (_, index) => index + 1))
    const { statuses } = await send('Delete all', all)
    expect(statuses.filter((status) => status === 'confirmation_required')).toHaveLength(50)
    await send('yes', all)
    expect(await taskCount(api)).toBe(10)
  })
})

describe('completing, reopening and renaming', () => {
  async function withTitles(...titles: string[]) {
    const { send, api } = await userWithTasks(0)
    const ids: number[] = []
    for (const title of titles) ids.push((await api.task.create({ title })).id)
    const done = async () => (await api.task.list({ status: 'completed' })).items.map(({ title }) => title).toSorted()
    const completions = ids.map((task_id): [string, object] => ['complete_task', { task_id }])
    return { send, api, ids, done, completions }
  }

  test('several tasks that the message names runs at once', async () => {
    const { send, done, completions } = await withTitles('Buy milk', 'Buy bread', 'Call Ann')
    expect((await send('I have bought milk and bread', completions.slice(0, 2))).statuses).toEqual(
      Array(2).fill('completed'),
    )
    expect((await send('and called Ann', completions.slice(2))).statuses).toEqual(['completed'])
    expect(await done()).toHaveLength(3)
  })

  test.each(['Complete everything', 'Finish the shopping', 'I am done for today', 'Complete milk and the rest'])(
    'several tasks of which %j does not name each requires a yes to exactly these',
    async (message) => {
      const { send, done, ids, completions } = await withTitles('Shopping: milk', 'Shopping: bread', 'Shopping: eggs')
      const asked = await send(message, completions)
      expect(asked.statuses).toEqual(Array(3).fill('confirmation_required'))
      expect(asked.response).toContain(`- complete task ${ids[0]} “Shopping: milk”`)
      expect(await done()).toEqual([])
      expect((await send('yes', completions.slice(0, 2))).statuses).toEqual(Array(2).fill('completed'))
      expect(await done()).toEqual(['Shopping: bread', 'Shopping: milk'])
    },
  )

  test('several tasks one after the other requires a yes from the second on', async () => {
    const { send, completions } = await withTitles('Milk', 'Bread', 'Eggs')
    const { statuses } = await send('Complete all', completions, false)
    expect(statuses).toEqual(['completed', 'confirmation_required', 'confirmation_required'])
  })

  test('several tasks by one call requires a yes to it, which allows nothing else with them', async () => {
    const { send, done, api, ids } = await withTitles('Milk', 'Bread')
    const call = (what: string): [string, object][] => [['change_tasks', { task_ids: ids, do: what }]]
    const asked = await send('Complete all', call('complete'))
    expect(asked.statuses).toEqual(['confirmation_required'])
    expect(asked.response).toContain('- complete 2 tasks: “Milk”, “Bread”')
    expect((await send('yes', call('delete'))).statuses).toEqual(['confirmation_required'])
    expect(await taskCount(api)).toBe(2)
    await send('Complete all', call('complete'))
    await send('yes', call('complete'))
    expect(await done()).toEqual(['Bread', 'Milk'])
  })

  test('to other titles than the confirmed ones requires another yes', async () => {
    const { send, api, ids } = await withTitles('Milk', 'Bread')
    const renames = (suffix: string) =>
      ids.map((task_id): [string, object] => ['update_task', { task_id, title: `${task_id} ${suffix}` }])
    expect((await send('Rename all', renames('a'))).statuses).toEqual(Array(2).fill('confirmation_required'))
    expect((await send('yes', renames('b'))).statuses).toEqual(Array(2).fill('confirmation_required'))
    expect((await send('yes', renames('b'))).statuses).toEqual(Array(2).fill('updated'))
    expect((await api.task.list({})).items.map(({ title }) => title.slice(-1))).toEqual(['b', 'b'])
  })

  test('is not asked about beside changes of other fields', async () => {
    const { send, ids } = await withTitles('Milk', 'Bread')
    const set = { due_date: '2027-05-07' }
    const moved = ids.map((task_id): [string, object] => ['update_task', { task_id, ...set }])
    expect((await send('Move everything to Friday', moved)).statuses).toEqual(['updated', 'updated'])
    expect((await send('Move all', [['change_tasks', { task_ids: ids, do: 'update', set }]])).statuses).toEqual([
      undefined,
    ])
  })
})

test.for([
  ['yes', true],
  ['Yes!', true],
  ['yes please', true],
  ['Yes, delete them all.', true],
  ['y', true],
  ['ok', true],
  ['OK, go ahead', true],
  ['Sure', true],
  ['do it', true],
  ['go ahead', true],
  ['confirm', true],
  ['Ja', true],
  ['sí', true],
  ['no', false],
  ['yes but keep 3', false],
  ["yes, don't", false],
  ['yes?', false],
  ['ok wait', false],
  ['yesterday', false],
  ['Okra soup', false],
  ['Show my tasks', false],
  ['delete all', false],
  ['I did not say yes', false],
  [`yes ${'x'.repeat(300)}`, false],
] as const)('%j says yes: %j', ([message, yes]) => {
  expect(saysYes(message)).toBe(yes)
})
