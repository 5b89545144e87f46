import { afterAll, beforeAll, expect, test } from 'vitest'
import { chance, newUser, testServices } from '../../testing/services.ts'
import { randomTask } from '../../testing/random_tasks.ts'
import { ApiError } from '../errors/api_error.ts'
import { appRouter } from '../router.ts'
import { operations } from '../core/operations.ts'
import type { Context } from '../core/context.ts'
import { tools } from '../tools/tools.ts'
import type { Task } from './schema.ts'

const api = await testServices()
afterAll(api.close)

const written = operations(appRouter).filter(({ type, runAsJson }) => type === 'query' && runAsJson !== undefined)
const owner = newUser()
const random = chance(20_261_122)
let ctx: Context
let ids: number[]

/** Every character of the first planes of Unicode that may need an escape, and some of each length in UTF-8. */
const characters = [
  ...Array.from({ length: 0x2ff }, (_, index) => String.fromCodePoint(index + 1)),
  '\u2028\u2029\ud7ff\ue000\ufeff\ufffd\uffff\u{10000}\u{1f9fa}\u{10ffff}',
]

beforeAll(async () => {
  ctx = await api.context(owner)
  const { task } = api.caller(owner)
  for (let made = 0; made < 60; made++) {
    const { id: task_id } = await task.create(randomTask(random))
    if (made % 7 === 0) await task.move({ task_id, to: 'first' })
    if (made % 6 === 0) await task.delete({ task_id })
    if (made % 5 === 0) await task.complete({ task_id }).catch(() => {})
  }
  for (let from = 0; from < characters.length; from += 150) {
    const text = characters.slice(from, from + 150).join('')
    await task.create({ title: `<${text}>`, description: text, checklist: [{ text: `<${text}>` }], tags: ['"\\/'] })
  }
  const pages = await Promise.all((['all', 'deleted'] as const).map((status) => task.list({ status, limit: 200 })))
  ids = pages.flatMap(({ items }) => items.map(({ id }) => id))
})

test('the reads that PostgreSQL writes are those of one task and of lists', () => {
  expect(written.map(({ name }) => name)).toEqual(['task.list', 'task.get'])
})

test('a task as text has the bytes of the task, and its version', async () => {
  expect(ids.length).toBeGreaterThan(60)
  for (const task_id of [...ids, 0, -1, 2_000_000_000, 'one', undefined]) await expectEqual('task.get', { task_id })
})

test('a list as text has the bytes of the list, page by page, in every order and with every filter', async () => {
  const asked = Array.from({ length: 150 }, () => ({
    status: randomStatus(),
    sort: random.oneOf(['created', ...sorts]),
    order: random.maybe(() => random.oneOf(['asc', 'desc'])),
    limit: random.oneOf([1, 7, 20, 200]),
    completed: random.below(9) === 0 ? true : undefined,
    search: random.below(9) === 0 ? 'milk' : undefined,
    due: random.below(5) === 0 ? random.oneOf(['any', 'none']) : undefined,
    tags: random.below(9) === 0 ? ['home'] : undefined,
  }))
  for (const input of [{}, ...asked]) {
    for (let cursor: string | undefined, pages = 0; pages === 0 || (cursor !== undefined && pages < 5); pages++) {
      cursor = await expectEqual('task.list', { ...input, cursor })
    }
  }
})

test('the tool that lists tasks answers the bytes of the list without what is as usual, page by page', async () => {
  const asked = Array.from({ length: 60 }, () => ({
    status: randomStatus(),
    sort: random.maybe(() => random.oneOf(sorts)),
    limit: random.oneOf([1, 7, 20, 200]),
    search: random.below(9) === 0 ? random.oneOf(['mi', 'milk']) : undefined,
    due: random.below(5) === 0 ? random.oneOf(['any', 'none'] as const) : undefined,
    details: random.maybe(() => random.below(2) === 0),
  }))
  for (const { details, ...input } of [{ details: undefined }, ...asked]) {
    for (let cursor: string | undefined, pages = 0; pages === 0 || (cursor !== undefined && pages < 5); pages++) {
      const { items, next_cursor } = await api.caller(owner).task.list({ ...input, cursor })
      const tasks = details === true ? items : items.map(leanOf)
      const text = await listTool?.runAsJson(ctx, { ...input, cursor, details })
      expect(text).toBe(JSON.stringify({ tasks, next_cursor }))
      cursor = next_cursor ?? undefined
    }
  }
})

test('what a list as text refuses, and a list of nothing, are those of the list', async () => {
  const inputs = [
    { status: 'pending', completed: true },
    { search: 'nothing has this' },
    { limit: 0 },
    { limit: 201 },
    { unknown: 1 },
    { cursor: 'x' },
    { sort: 'size' },
    [],
    null,
    'text',
  ]
  for (const input of inputs) await expectEqual('task.list', input)
})

test('reads as text are for the owner alone, with a token, within the limit of calls', async () => {
  const stranger = await api.context(newUser())
  const [task_id] = ids
  for (const other of [stranger, { ...ctx, token: undefined }, { ...ctx, acting_for: 'somebody' }, limited(ctx)]) {
    await expectEqual('task.get', { task_id }, other)
    await expectEqual('task.list', {}, other)
  }
  const { runAsJson } = operationOf('task.get')
  await expect(runAsJson(stranger, { task_id })).rejects.toMatchObject({ reason: 'task_not_found' })
})

const sorts = ['created_at', 'title', 'updated_at', 'due_date', 'priority', 'completed_at', 'position'] as const

function randomStatus() {
  return random.maybe(() => random.oneOf(['all', 'pending', 'completed', 'deleted'] as const))
}

const listTool = tools(operations(appRouter)).find(({ name }) => name === 'list_tasks')

/** The task without fields that have no value, and without those that only a program reads. */
function leanOf({ id, title, version, completed, ...others }: Task): Readonly<Record<string, unknown>> {
  const shown = Object.entries(others).filter(
    ([name, value]) => !unread.includes(name) && value !== null && !(Array.isArray(value) && value.length === 0),
  )
  return { id, title, version, completed, ...Object.fromEntries(shown) }
}

const unread = ['user_id', 'position', 'created_at', 'updated_at', 'due_at', 'completed_at', 'deleted_at']

function limited(context: Context): Context {
  const calls = { take: () => ({ allowed: false, limit: 1, remaining: 0, reset: 1, window: 60 }) }
  return { ...context, services: { ...context.services, calls } }
}

/** Compares both ways to run an operation, and returns the cursor of the next page if there is one. */
async function expectEqual(name: string, input: unknown, context = ctx): Promise<string | undefined> {
  const { operation, runAsJson } = operationOf(name)
  const text = await outcome(async () => {
    const { json, version, page } = await runAsJson(context, input)
    return { json, version, items: page?.items, next: page?.next_cursor ?? undefined }
  })
  const plain = await outcome(async () => {
    const output = await operation.run(context, input)
    const { version, items, next_cursor } = output as Partial<Task & { items: Task[]; next_cursor: string | null }>
    return {
      json: JSON.stringify(output),
      version,
      items: items && JSON.stringify(items),
      next: next_cursor ?? undefined,
    }
  })
  expect({ name, input, ...text }).toEqual({ name, input, ...plain })
  return text.next
}

function operationOf(name: string) {
  const operation = written.find((each) => each.name === name)
  if (operation?.runAsJson === undefined) throw new Error(`${name} is not written by PostgreSQL`)
  return { operation, runAsJson: operation.runAsJson }
}

interface Outcome {
  readonly json: string
  readonly version?: number | undefined
  readonly items?: string | undefined
  readonly next?: string | undefined
}

async function outcome(call: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof ApiError) return { json: JSON.stringify([error.reason, error.message, error.details]) }
    throw error
  }
}
