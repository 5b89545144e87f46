import { afterAll, beforeAll, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'
import { limits } from '../core/limits.ts'
import { operations } from '../core/operations.ts'
import { appRouter } from '../router.ts'
import { isScan } from './scan_limit.ts'
import type { ListInput, Task } from './schema.ts'

const api = await testServices()
afterAll(api.close)

const owner = newUser()
const TASKS = limits.searchedTasks + 10

// The first of them is the oldest, and the last by title; `zq` is in the first, in the newest and in nothing between.
beforeAll(async () => {
  const { db } = api.services
  await db.$executeRaw`ALTER TABLE taskwire.task DISABLE TRIGGER task_change`
  await db.$executeRaw`
    INSERT INTO taskwire.task (user_id, title, created_at)
    SELECT ${owner}, CASE WHEN n = 1 THEN 'zq oldest' WHEN n = ${TASKS}::int THEN 'a zq newest' ELSE 'm' END,
      now() + n * interval '1 ms'
    FROM generate_series(1, ${TASKS}::int) n`
  await db.$executeRaw`ALTER TABLE taskwire.task ENABLE TRIGGER task_change`
  await db.$executeRaw`ANALYZE taskwire.task`
})

interface Page {
  readonly items: readonly Task[]
  readonly next_cursor: string | null
}

/** The pages of a search as lists of titles, and as a transport that sends text has them. */
async function pages(input: ListInput): Promise<string[][]> {
  const [list] = operations(appRouter).filter(({ name }) => name === 'task.list')
  const all: string[][] = []
  let cursor: string | undefined
  do {
    const page: Page = await api.caller(owner).task.list({ ...input, cursor })
    const text = await list?.runAsJson?.(await api.context(owner), { ...input, cursor }, AbortSignal.timeout(60_000))
    expect(JSON.parse(text?.json ?? '')).toEqual(page)
    all.push(page.items.map(({ title }) => title))
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  return all
}

test.each([
  ['newest first', {}, [['a zq newest'], ['zq oldest']]],
  ['oldest first', { order: 'asc' }, [['zq oldest'], ['a zq newest']]],
  ['by title', { sort: 'title' }, [['a zq newest'], ['zq oldest']]],
  ['pending only', { status: 'pending' }, [['a zq newest'], ['zq oldest']]],
  ['of one on a page, which is full before', { limit: 1 }, [['a zq newest'], ['zq oldest']]],
] satisfies [string, ListInput, string[][]][])(
  'a page of two letters ends where it has looked at enough tasks, and the next goes on: %s',
  async (_, input, expected) => {
    expect(await pages({ search: 'zq', ...input })).toEqual(expected)
  },
)

test('a page that found nothing is empty, and has a cursor as long as there are tasks to look at', async () => {
  expect(await pages({ search: 'qz' })).toEqual([[], []])
})

test('a search that has an index ends where the list ends', async () => {
  expect(await pages({ search: 'oldest' })).toEqual([['zq oldest']])
})

const twoLetters = { search: 'zq', trash: false, sort: 'created_at', hasFilters: false } as const

test('a search without three of a-z and 0-9 in a row looks at tasks one by one', () => {
  for (const text of ['zq', 'ab-cd', '日本語', 'é1', ' '])
    expect([text, isScan({ ...twoLetters, search: text })]).toEqual([text, true])
  for (const text of ['', 'abc', 'A1b', 'xx 123'])
    expect([text, isScan({ ...twoLetters, search: text })]).toEqual([text, false])
})

test('its pages are limited where they are in the order of an index, and nothing else narrows them', () => {
  expect(isScan({ ...twoLetters, sort: 'title' })).toBe(true)
  for (const more of [{ trash: true }, { hasFilters: true }, { sort: 'updated_at' }, { sort: 'position' }] as const) {
    expect(isScan({ ...twoLetters, ...more })).toBe(false)
  }
})
