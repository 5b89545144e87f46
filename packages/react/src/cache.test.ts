import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { wholeTask, type Task } from '@taskwire/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { changeTasks, dropTask, putTask, refreshLists } from './cache.ts'

let cache: QueryClient
beforeEach(() => {
  cache = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
})
afterEach(() => cache.clear())

const time = '2026-01-01T00:00:00.000Z'

function task(id: number, fields: Partial<Task> = {}): Task {
  return wholeTask({
    id,
    user_id: 'ada',
    title: `${id}`,
    created_at: time,
    updated_at: time,
    version: 2,
    ...fields,
  } as Task)
}

const key = (path: string, kind = 'query') => ['taskwire', path, kind, {}]

/** A cache that holds two tasks in a list, in pages and alone. */
function filled() {
  const [one, two] = [task(1), task(2)]
  cache.setQueryData(key('task.get'), one)
  cache.setQueryData(key('task.list'), { items: [one, two], next_cursor: null })
  cache.setQueryData(key('task.list', 'infinite'), {
    pages: [
      { items: [one], next_cursor: 'c' },
      { items: [two], next_cursor: null },
    ],
    pageParams: [null, 'c'],
  })
  cache.setQueryData(key('task.history'), { items: [one] })
  cache.setQueryData(['other', 'task.get'], one)
}

const titles = () => ({
  alone: cache.getQueryData<Task>(key('task.get'))?.title,
  list: cache.getQueryData<{ items: Task[] }>(key('task.list'))?.items.map(({ title }) => title),
  pages: cache
    .getQueryData<{ pages: { items: Task[] }[] }>(key('task.list', 'infinite'))
    ?.pages.map(({ items }) => items.map(({ title }) => title)),
})

const before = { alone: '1', list: ['1', '2'], pages: [['1'], ['2']] }

test('a newer task replaces the one that is cached, everywhere, and an older one or the same does not', () => {
  filled()
  putTask(cache, task(1, { title: 'old', version: 1 }))
  putTask(cache, task(1, { title: 'same', version: 2 }))
  expect(titles()).toEqual(before)
  putTask(cache, task(1, { title: 'new', version: 3 }))
  expect(titles()).toEqual({ alone: 'new', list: ['new', '2'], pages: [['new'], ['2']] })
})

test('a task that is dropped leaves lists and pages, which keep the rest', () => {
  filled()
  dropTask(cache, 1)
  expect(titles()).toEqual({ alone: '1', list: ['2'], pages: [[], ['2']] })
  expect(cache.getQueryData(key('task.list', 'infinite'))).toMatchObject({ pageParams: [null, 'c'] })
})

test('what a change has replaced is restored', () => {
  filled()
  const restore = changeTasks(cache, (known) => (known.id === 2 ? { ...known, title: 'changed' } : known))
  expect(titles()).toEqual({ alone: '1', list: ['1', 'changed'], pages: [['1'], ['changed']] })
  restore()
  expect(titles()).toEqual(before)
})

test('what has arrived since a change stays when that is restored, and is read again', () => {
  filled()
  const restore = changeTasks(cache, (known) => (known.id === 2 ? { ...known, title: 'changed' } : known))
  putTask(cache, task(1, { title: 'newer', version: 3 }))
  restore()
  expect(titles()).toEqual({ alone: 'newer', list: ['newer', 'changed'], pages: [['newer'], ['changed']] })
  const invalidated = [key('task.get'), key('task.list'), key('task.list', 'infinite')].map(
    (one) => cache.getQueryState(one)?.isInvalidated,
  )
  expect(invalidated).toEqual([false, true, true])
})

test('data without the task stay the same object, so that nothing renders again', () => {
  filled()
  const keys = [key('task.get'), key('task.list'), key('task.list', 'infinite')]
  const known = keys.map((one) => cache.getQueryData(one))
  putTask(cache, task(3, { version: 9 }))
  dropTask(cache, 3)
  expect(keys.map((one) => cache.getQueryData(one))).toEqual(known)
  for (const [index, one] of keys.entries()) expect(cache.getQueryData(one)).toBe(known[index])
})

test('only lists of tasks and single tasks are changed', () => {
  filled()
  putTask(cache, task(1, { title: 'new', version: 3 }))
  expect(cache.getQueryData(key('task.history'))).toMatchObject({ items: [{ title: '1' }] })
  expect(cache.getQueryData(['other', 'task.get'])).toMatchObject({ title: '1' })
})

test('what depends on which tasks there are is fetched again, and nothing else', async () => {
  const fetched: string[] = []
  const paths = [
    'task.list',
    'task.history',
    'change.list',
    'reminder.list',
    'task.get',
    'viewer.get',
    'conversation.list',
  ]
  const leave = paths.map((path) => {
    const queryFn = async () => {
      fetched.push(path)
      return { items: [] }
    }
    return new QueryObserver(cache, { queryKey: key(path), queryFn }).subscribe(() => {})
  })
  await expect.poll(() => cache.isFetching()).toBe(0)
  fetched.length = 0
  await refreshLists(cache)
  expect(fetched).toEqual(['task.list', 'task.history', 'change.list', 'reminder.list'])
  for (const one of leave) one()
})
