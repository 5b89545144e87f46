import { afterAll, beforeAll, expect, test } from 'vitest'
import { chance, newUser, testServices } from '../../testing/services.ts'
import { randomTask } from '../../testing/random_tasks.ts'
import { ApiError } from '../errors/api_error.ts'
import { appRouter } from '../router.ts'
import { operations } from '../core/operations.ts'
import type { Context } from '../core/context.ts'

const api = await testServices()
afterAll(api.close)

const all = operations(appRouter)
const written = all.filter(({ type, runAsJson }) => type === 'mutation' && runAsJson !== undefined)
const owner = newUser()
const random = chance(20_261_122)
let ctx: Context
let keys = 0

beforeAll(async () => {
  ctx = await api.context(owner)
})

test('the writes that PostgreSQL writes the answers of are those whose output is one task, except quick add', () => {
  expect(written.map(({ name }) => name)).toEqual([
    'task.create',
    'task.update',
    'task.toggle',
    'task.complete',
    'task.reopen',
    'task.check',
    'task.skip',
    'task.move',
    'task.delete',
  ])
})

test('the answer of a creation has the bytes of the task, whatever its fields, and so has its repeat', async () => {
  for (let made = 0; made < 25; made++) await expectBytes('task.create', randomTask(random))
  // Every character that may need an escape, and some of each length in UTF-8.
  const characters = [
    ...Array.from({ length: 0x2ff }, (_, index) => String.fromCodePoint(index + 1)),
    '\u2028\u2029\ud7ff\ue000\ufeff\ufffd\uffff\u{10000}\u{1f9fa}\u{10ffff}',
  ]
  for (let from = 0; from < characters.length; from += 150) {
    const text = characters.slice(from, from + 150).join('')
    await expectBytes('task.create', {
      title: `<${text}>`,
      description: text,
      checklist: [{ text: `<${text}>` }],
      tags: ['"\\/'],
    })
  }
})

test('the answer of each write has the bytes of the task that it leaves or deletes, and so has its repeat', async () => {
  const { task } = api.caller(owner)
  const names = written.map(({ name }) => name).filter((name) => name !== 'task.create')
  for (let made = 0; made < 15; made++) {
    const checklist = [{ id: 'rye', text: 'Rye “bread”' }]
    const { id: task_id } = await task.create({ ...randomTask(random), checklist })
    for (let turn = 0; turn < 5; turn++) {
      const name = random.oneOf(names)
      const { title: _, ...fields } = randomTask(random)
      const more = {
        'task.update': { ...fields, checklist },
        'task.check': { item_id: random.oneOf(['rye', 'rye', 'oats']), done: random.below(2) === 0 },
        'task.move': { to: random.oneOf(['first', 'last']) },
      }[name]
      const if_version = random.below(9) === 0 ? 1 : undefined
      await expectBytes(name, { task_id, ...more, if_version })
    }
  }
})

test('what a write refuses is the same as text', async () => {
  const { id: task_id } = await api.caller(owner).task.create({ title: 'Milk' })
  const wrong = [
    {},
    { task_id: 0 },
    { task_id: 2_000_000_000 },
    { task_id, unknown: 1 },
    { task_id, if_version: 7 },
    { task_id, title: '' },
    { task_id, due_time: '10:00' },
    { task_id, idempotency_key: 'ä' },
    [],
    null,
    'text',
  ]
  for (const { name } of written) for (const input of wrong) await expectRefusal(name, input, ctx)
  for (const other of [
    await api.context(newUser()),
    { ...ctx, token: undefined },
    { ...ctx, acting_for: 'somebody' },
  ]) {
    for (const { name } of written.slice(1)) {
      const more = { 'task.check': { item_id: 'rye', done: true }, 'task.move': { to: 'first' } }[name]
      await expectRefusal(name, { task_id, ...more }, other)
    }
  }
})

test('a key that was used for another request is refused as text too', async () => {
  const idempotency_key = 'used'
  await operationOf('task.create').runAsJson(ctx, { title: 'Milk', idempotency_key })
  await expectRefusal('task.create', { title: 'Bread', idempotency_key }, ctx)
})

/** Compares the answer as text with the task that is stored, and with the answers to its repeats. */
async function expectBytes(
  name: string,
  input: { readonly task_id?: unknown; readonly [name: string]: unknown },
): Promise<void> {
  const { operation, runAsJson } = operationOf(name)
  const keyed = { ...input, idempotency_key: `key-${keys++}` }
  const before = await storedText(input.task_id)
  const first = await outcome(async () => {
    if (keys % 4 > 0) return runAsJson(ctx, keyed)
    return { json: JSON.stringify(await operation.run(ctx, keyed)) }
  })
  if (first.isError) return expectRefusal(name, keyed, ctx)
  const { id, version }: { id: number; version: number } = JSON.parse(first.json)
  expect({ name, input, json: first.json }).toEqual({
    name,
    input,
    json: name === 'task.delete' ? before : await storedText(id),
  })
  expect(await runAsJson(ctx, keyed)).toEqual({ json: first.json, version })
  expect(JSON.stringify(await operation.run(ctx, keyed))).toBe(first.json)
}

async function expectRefusal(name: string, input: unknown, context: Context): Promise<void> {
  const { operation, runAsJson } = operationOf(name)
  const text = await outcome(() => runAsJson(context, input))
  const plain = await outcome(async () => ({ json: JSON.stringify(await operation.run(context, input)) }))
  expect({ name, input, ...text }).toEqual({ name, input, ...plain })
  expect({ name, input, isError: text.isError }).toEqual({ name, input, isError: true })
}

/** The task as the output schema leaves it; undefined if there is none. */
async function storedText(task_id: unknown): Promise<string | undefined> {
  const { json, isError } = await outcome(async () => ({
    json: JSON.stringify(await all.find(({ name }) => name === 'task.get')?.run(ctx, { task_id })),
  }))
  return isError ? undefined : json
}

function operationOf(name: string) {
  const operation = written.find((each) => each.name === name)
  if (operation?.runAsJson === undefined) throw new Error(`${name} is not written by PostgreSQL`)
  return { operation, runAsJson: operation.runAsJson }
}

async function outcome(call: () => Promise<{ readonly json: string }>): Promise<{ json: string; isError: boolean }> {
  try {
    return { json: (await call()).json, isError: false }
  } catch (error) {
    if (error instanceof ApiError) {
      return { json: JSON.stringify([error.reason, error.message, error.details]), isError: true }
    }
    throw error
  }
}
