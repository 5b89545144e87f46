import type { ClientBase } from 'pg'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { testDatabase } from '../../testing/database.ts'
import { runForCaller } from './caller.ts'

const database = await testDatabase()
afterAll(() => database.close())

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

const numbers = { text: 'SELECT n FROM generate_series(1, 1000) AS n', values: [] }
const used = () => database.pool.totalCount - database.pool.idleCount
const SECOND = 1000

test('a snapshot reads the rows of one moment a few at a time, and gives its connection back', async () => {
  const snapshot = database.snapshots.open()
  expect(await snapshot.next(numbers, 2)).toEqual([{ n: 1 }, { n: 2 }])
  expect(await snapshot.next(numbers, 1)).toEqual([{ n: 3 }])
  expect(used()).toBe(1)
  await snapshot.close()
  await snapshot.close()
  await expect.poll(used).toBe(0)
  await expect(snapshot.next(numbers, 1)).rejects.toThrow('held open for too long')
})

test('a snapshot that is closed waits for nothing', async () => {
  const waiting = vi.getTimerCount()
  const snapshot = database.snapshots.open()
  expect(vi.getTimerCount()).toBe(waiting + 1)
  await snapshot.close()
  expect(vi.getTimerCount()).toBe(waiting)
})

test('a snapshot that nobody reads for 20 s is closed', async () => {
  const snapshot = database.snapshots.open()
  await snapshot.next(numbers, 1)
  await vi.advanceTimersByTimeAsync(19 * SECOND)
  expect(await snapshot.next(numbers, 1)).toEqual([{ n: 2 }])
  await vi.advanceTimersByTimeAsync(20 * SECOND)
  await expect(snapshot.next(numbers, 1)).rejects.toThrow('held open for too long')
  await expect.poll(used).toBe(0)
})

test('a snapshot is closed after a minute, however often it is read', async () => {
  const snapshot = database.snapshots.open()
  for (let n = 1; n <= 6; n++) {
    expect(await snapshot.next(numbers, 1)).toEqual([{ n }])
    await vi.advanceTimersByTimeAsync(10 * SECOND)
  }
  await expect(snapshot.next(numbers, 1)).rejects.toThrow('held open for too long')
  await expect.poll(used).toBe(0)
})

test('a statement that fails closes the snapshot, and leaves its user the place for another one', async () => {
  for (let count = 0; count < 10; count++) {
    const failing = database.snapshots.open()
    const read = runForCaller({ user_id: 'ann' }, () => failing.next({ text: 'SELECT 1/0', values: [] }, 1))
    await expect(read).rejects.toMatchObject({ code: '22012' })
  }
  const snapshot = database.snapshots.open()
  expect(await runForCaller({ user_id: 'ann' }, () => snapshot.next(numbers, 1))).toEqual([{ n: 1 }])
  await snapshot.close()
  await expect.poll(used).toBe(0)
})

test('a connection has as many listeners after many snapshots as after one', async () => {
  const clients = new Set<ClientBase>()
  const onAcquire = (client: ClientBase) => void clients.add(client)
  const listeners = () => Math.max(...[...clients].map((client) => client.listenerCount('error')))
  const one = async () => {
    const snapshot = database.snapshots.open()
    await snapshot.next(numbers, 1)
    await snapshot.close()
    await expect.poll(used).toBe(0)
  }
  database.pool.on('acquire', onAcquire)
  await one()
  const before = listeners()
  for (let count = 0; count < 10; count++) await one()
  database.pool.off('acquire', onAcquire)
  expect(listeners()).toBe(before)
})
