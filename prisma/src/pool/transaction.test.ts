import type { ClientBase } from 'pg'
import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../../testing/database.ts'

const database = await testDatabase()
const { sql, transact } = database
afterAll(() => database.close())

await sql({ text: 'CREATE TABLE public.thing (name text PRIMARY KEY)', values: [] })

const insert = (name: string) => ({ name: 'thing', text: 'INSERT INTO public.thing VALUES ($1)', values: [name] })
const names = async () =>
  (await sql<{ name: string }>({ text: 'SELECT name FROM public.thing', values: [] })).map(({ name }) => name)

test('the statements of a transaction take effect together, at its end', async () => {
  const result = await transact(async (run) => {
    await run(insert('a'))
    expect(await names()).toEqual([])
    await run(insert('b'))
    return run<{ count: number }>({ text: 'SELECT count(*)::int AS count FROM public.thing', values: [] })
  })
  expect(result).toEqual([{ count: 2 }])
  expect(await names()).toEqual(['a', 'b'])
})

test('none takes effect where one fails, or where the work throws', async () => {
  const failing = transact(async (run) => {
    await run(insert('c'))
    await run(insert('c'))
  })
  await expect(failing).rejects.toMatchObject({ code: '23505' })
  const thrown = transact(async (run) => {
    await run(insert('d'))
    throw new RangeError('no')
  })
  await expect(thrown).rejects.toThrow(new RangeError('no'))
  expect(await names()).not.toContain('c')
  expect(await names()).not.toContain('d')
})

test('a transaction whose failed statement was caught does not seem to be committed', async () => {
  const swallowed = transact(async (run) => {
    await run(insert('e'))
    await run(insert('e')).catch(() => {})
  })
  await expect(swallowed).rejects.toThrow('rolled back')
  expect(await names()).not.toContain('e')
})

test('connections are given back, and usable, after failures', async () => {
  for (let count = 0; count < 40; count++) {
    await expect(transact((run) => run({ text: 'SELECT 1/0', values: [] }))).rejects.toMatchObject({ code: '22012' })
  }
  expect(await transact((run) => run({ text: 'SELECT 1 AS one', values: [] }))).toEqual([{ one: 1 }])
})

test('a connection has as many listeners after many transactions as after one', async () => {
  const clients = new Set<ClientBase>()
  const onAcquire = (client: ClientBase) => void clients.add(client)
  const one = () => transact((run) => run({ text: 'SELECT 1 AS one', values: [] }))
  const listeners = () => Math.max(...[...clients].map((client) => client.listenerCount('error')))
  database.pool.on('acquire', onAcquire)
  await one()
  const before = listeners()
  for (let count = 0; count < 20; count++) await one()
  database.pool.off('acquire', onAcquire)
  expect(listeners()).toBe(before)
})

test('a lost connection fails the transaction and leaves the pool usable', async () => {
  const lost = transact((run) => run({ text: 'SELECT pg_terminate_backend(pg_backend_pid())', values: [] }))
  await expect(lost).rejects.toThrow()
  expect(await transact((run) => run({ text: 'SELECT 1 AS one', values: [] }))).toEqual([{ one: 1 }])
})
