import { EventEmitter, once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { envFrom } from '../config/env.ts'
import { createCleanup } from '../process/shutdown.ts'
import { serveWorker, shareOfPool } from './worker.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

interface Told {
  readonly type: string
  readonly id?: number
  readonly answer?: unknown
}

/** A worker whose primary is the test. */
async function worker(number = 0) {
  const told: Told[] = []
  const primary = new EventEmitter()
  const send = (message: Told) => told.push(message) > 0
  const errors: unknown[] = []
  const cleanup = createCleanup(async (error) => void errors.push(error))
  const added = { count: 0 }
  const counting = {
    ...cleanup,
    add: (close: () => unknown) => {
      added.count++
      cleanup.add(close)
    },
  }
  const env = envFrom({
    DATABASE_URL: database.url,
    BETTER_AUTH_SECRET: 'q8Zr2vT6xK1mN4pW7sB0dF3gH5jL9cYe',
    LOG_LEVEL: 'silent',
    ADMIN_PORT: '9999',
    WORKERS: '2',
  })
  const role = { number, primary: Object.assign(primary, { send }) as unknown as NodeJS.Process }
  await serveWorker(env, role, counting)
  const stop = () => cleanup.run()
  onTestFinished(stop)
  const tell = (message: object, socket?: Socket) => primary.emit('message', message, socket)
  return { told, tell, stop, errors, added: () => added.count }
}

/** A connection as the primary gives it away: accepted, and not read. */
async function connection(): Promise<{ client: Socket; given: Socket }> {
  const server = createServer({ pauseOnConnect: true })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [given] = (await once(server, 'connection')) as [Socket]
  server.close()
  onTestFinished(() => void client.destroy())
  return { client, given }
}

const REQUEST = 'GET /health HTTP/1.1\r\nhost: x\r\n\r\n'
const CLOSING = 'GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'

test('a worker says that it serves, answers on the connections that it is given, and counts none that closed', async () => {
  const { told, tell, stop, errors } = await worker()
  expect(told).toEqual([{ type: 'serving' }])
  const { client, given } = await connection()
  tell({ type: 'connection' }, given)
  client.write(CLOSING)
  expect(await text(client)).toContain('200 OK')
  await stop()
  expect(errors).toEqual([])
})

test('a connection is without delay, and a client that has sent everything still gets its response', async () => {
  const { tell } = await worker()
  const { client, given } = await connection()
  let isWithoutDelay = false
  given.setNoDelay = (enabled) => {
    isWithoutDelay = enabled ?? true
    return given
  }
  tell({ type: 'connection' }, given)
  expect([isWithoutDelay, given.allowHalfOpen]).toEqual([true, true])
  client.end(CLOSING)
  expect(await text(client)).toContain('200 OK')
})

test('requests wait from the pause until the worker drains, which closes their connections', async () => {
  const { tell, stop, errors } = await worker()
  const { client, given } = await connection()
  tell({ type: 'pause' })
  tell({ type: 'connection' }, given)
  let received = ''
  client.setEncoding('utf8').on('data', (chunk: string) => (received += chunk))
  client.write(REQUEST)
  await expect.poll(() => given.bytesRead).toBe(REQUEST.length)
  await new Promise(setImmediate)
  expect(received).toBe('')
  const ended = once(client, 'end')
  await stop()
  await ended
  expect(received).toContain('200 OK')
  expect(received.toLowerCase()).toContain('connection: close')
  expect(errors).toEqual([])
})

test('a stopping worker is not ready, and serves on', async () => {
  const { told, tell } = await worker()
  tell({ type: 'ask', id: 1, about: 'ready' })
  await expect.poll(() => told.at(-1)).toEqual({ type: 'answer', id: 1, answer: true })
  tell({ type: 'stopping' })
  tell({ type: 'ask', id: 2, about: 'ready' })
  await expect.poll(() => told.at(-1)).toEqual({ type: 'answer', id: 2, answer: false })
  const { client, given } = await connection()
  tell({ type: 'connection' }, given)
  client.write(CLOSING)
  expect(await text(client)).toContain('200 OK')
})

test('a worker tells its metrics, and does nothing at a message that it does not know', async () => {
  const { told, tell } = await worker()
  tell({ type: 'other', id: 1, about: 'metrics' })
  tell({ type: 'ask', id: 2, about: 'metrics' })
  await expect.poll(() => told.length).toBe(2)
  expect(told[1]).toMatchObject({ type: 'answer', id: 2, answer: expect.arrayContaining([expect.anything()]) })
})

test('only the first worker runs the jobs that need no request', async () => {
  const [first, second] = [await worker(0), await worker(1)]
  expect(second.added()).toBeGreaterThan(2)
  expect(first.added()).toBeGreaterThan(second.added() + 5)
})

test.each([
  [30, 2, 15],
  [30, 4, 7],
  [10, 4, 4],
  [2, 1, 4],
])('of %d connections each of %d workers may open %d', (DATABASE_POOL_MAX, WORKERS, share) => {
  expect(shareOfPool({ DATABASE_POOL_MAX, WORKERS })).toBe(share)
})
