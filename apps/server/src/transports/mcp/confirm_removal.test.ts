import { appRouter, operations, tools, type Context, type Tool } from '@taskwire/api'
import { expect, test } from 'vitest'
import { removalQuestion } from './confirm_removal.ts'

type Requests = Parameters<typeof removalQuestion>[1]

const all = tools(operations(appRouter))
const named = (name: string) => all.find((tool) => tool.name === name) as Tool
/** Tasks that exist up to the id 100. */
const reader: Tool = {
  ...named('get_task'),
  run: async (_ctx, args) => {
    const id = Number(Reflect.get(Object(args), 'task_id'))
    if (id > 100) throw new Error('Task not found')
    return { task: { title: `Task ${id}` } }
  },
}

/** What is asked before a call, where the person has answered so. */
function asked(name: string, args: Readonly<Record<string, unknown>>, inputResponses?: object) {
  const call = { tool: named(name), args, tools: [reader], context: () => ({}) as Context }
  return removalQuestion(call, { mcpReq: { inputResponses } } as unknown as Requests)
}

const remove = (count: number, first = 1) => ({
  task_ids: Array.from({ length: count }, (_, n) => first + n),
  do: 'delete',
})

test('two tasks are named in the question', async () => {
  const text = JSON.stringify(await asked('change_tasks', remove(2)))
  expect(text).toContain('Delete 2 tasks: “Task 1”, “Task 2”?')
})

test('of many tasks ten are named, and the others counted', async () => {
  expect(JSON.stringify(await asked('change_tasks', remove(10)))).toContain('“Task 10”?')
  const text = JSON.stringify(await asked('change_tasks', remove(13)))
  expect(text).toContain('Delete 13 tasks: “Task 1”')
  expect(text).toContain('“Task 10” and 3 more?')
  expect(text).not.toContain('“Task 11”')
})

test('nobody is asked about one task, nor about what deletes nothing', async () => {
  expect(await asked('change_tasks', remove(1))).toBeUndefined()
  expect(await asked('delete_task', { task_id: 1 })).toBeUndefined()
  expect(await asked('change_tasks', { ...remove(3), do: 'complete' })).toBeUndefined()
})

test('nobody is asked about a task that cannot be read: the call says why', async () => {
  expect(await asked('change_tasks', remove(2, 100))).toBeUndefined()
})

test('only a yes lets the call run', async () => {
  const answer = (confirm: object) => asked('change_tasks', remove(2), { confirm })
  expect(await answer({ action: 'accept', content: { delete: true } })).toBeUndefined()
  for (const no of [
    { action: 'accept', content: { delete: false } },
    { action: 'accept', content: {} },
    { action: 'decline' },
    { action: 'cancel' },
  ]) {
    expect(await answer(no), JSON.stringify(no)).toMatchObject({ isError: true })
  }
})
