import { QueryClient } from '@tanstack/react-query'
import { wholeTask, type RouterInputs, type Task, type TaskwireClient } from '@taskwire/client'
import { expect, onTestFinished, test } from 'vitest'
import { taskWrites } from './writes.ts'

const time = '2026-01-01T00:00:00.000Z'
const task = (fields: Partial<Task> = {}): Task =>
  wholeTask({ id: 1, user_id: 'ada', title: 'milk', created_at: time, updated_at: time, version: 2, ...fields } as Task)

const list = ['taskwire', 'task.list', 'query', {}]

/** A cache with two tasks, whose server answers every write with the next version of the first. */
function page(history: readonly object[] = []) {
  const queryClient = new QueryClient()
  onTestFinished(() => queryClient.clear())
  queryClient.setQueryData(list, { items: [task(), task({ id: 2, title: 'tea' })] })
  const calls: [string, unknown][] = []
  const write = (name: string) => ({
    async mutate(input: object) {
      calls.push([name, input])
      return name === 'delete' ? task() : task({ version: 3, title: 'of the server' })
    },
  })
  const names = ['update', 'complete', 'reopen', 'toggle', 'delete']
  const client = {
    task: {
      ...Object.fromEntries(names.map((name) => [name, write(name)])),
      history: {
        async query(input: object) {
          calls.push(['history', input])
          return { items: history }
        },
      },
    },
    change: { undo: write('undo') },
  }
  const writes = taskWrites(client as unknown as TaskwireClient, queryClient)
  const shown = () => queryClient.getQueryData<{ items: Task[] }>(list)?.items ?? []
  return { queryClient, writes, calls, shown }
}

test.each([
  ['complete', false, true],
  ['reopen', true, false],
  ['toggle', false, true],
  ['toggle', true, false],
] as const)('%s of a task whose completion is %s shows %s at once, on no other task', (name, completed, expected) => {
  const { queryClient, writes, shown } = page()
  queryClient.setQueryData(list, { items: [task({ completed }), task({ id: 2, completed })] })
  writes[name]().onMutate({ task_id: 1 })
  expect(shown().map((one) => one.completed)).toEqual([expected, completed])
})

test('an update shows the fields that it sets, and neither its keys nor what the server completes', () => {
  const { writes, shown } = page()
  const before = shown()
  const input: RouterInputs['task']['update'] = {
    task_id: 1,
    title: 'oat milk',
    description: undefined,
    if_version: 2,
    idempotency_key: 'k',
    checklist: [{ text: 'a' }],
    recurrence: { rule: 'FREQ=DAILY' },
  }
  writes.update().onMutate(input)
  expect(shown()).toEqual([{ ...before[0], title: 'oat milk' }, before[1]])
})

test('a write that failed shows what was there', () => {
  const { writes, shown } = page()
  const before = shown()
  const { onMutate, onError } = writes.delete()
  const context = onMutate({ task_id: 1 })
  expect(shown().map(({ id }) => id)).toEqual([2])
  onError(new Error('refused'), { task_id: 1 }, context)
  expect(shown()).toEqual(before)
  onError(new Error('refused'), { task_id: 1 }, undefined)
})

test("the server's task takes the place of the expected one, and lists are fetched again", async () => {
  const { queryClient, writes, shown, calls } = page()
  const { mutationKey, mutationFn } = writes.update()
  expect(mutationKey).toEqual(['taskwire', 'task.update'])
  const { task: written } = await mutationFn({ task_id: 1, title: 'oat milk' })
  expect(written.version).toBe(3)
  expect(shown()[0]?.title).toBe('of the server')
  expect(queryClient.getQueryState(list)?.isInvalidated).toBe(true)
  expect(calls).toEqual([['update', { task_id: 1, title: 'oat milk' }]])
})

test('each write has its undo, which is that of the change that it made', async () => {
  const history = [
    { seq: 9, before: task({ version: 3 }), after: task({ version: 4 }) },
    { seq: 8, before: task({ version: 2 }), after: task({ version: 3 }) },
    { seq: 7, before: task({ version: 2 }), after: null },
  ]
  const { queryClient, writes, calls } = page(history)
  const { undo } = await writes.complete().mutationFn({ task_id: 1 })
  queryClient.setQueryData(list, { items: [] })
  await undo()
  expect(queryClient.getQueryState(list)?.isInvalidated).toBe(true)
  await (await writes.delete().mutationFn({ task_id: 1 })).undo()
  expect(calls.slice(1)).toEqual([
    ['history', { task_id: 1 }],
    ['undo', { seq: 8 }],
    ['delete', { task_id: 1 }],
    ['history', { task_id: 1 }],
    ['undo', { seq: 7 }],
  ])
})

test('an undo whose change the log no longer has says so, and undoes nothing', async () => {
  const { writes, calls } = page([{ seq: 9, before: task({ version: 3 }), after: task({ version: 4 }) }])
  const { undo } = await writes.complete().mutationFn({ task_id: 1 })
  await expect(undo()).rejects.toMatchObject({ reason: 'change_not_found' })
  expect(calls.map(([name]) => name)).toEqual(['complete', 'history'])
})
