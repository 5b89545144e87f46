import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { receiver, type Receiver } from '../../testing/receiver.ts'
import { checkedLookup } from './lookup.ts'
import { poster } from './post.ts'

let target: Receiver
beforeAll(async () => {
  target = await receiver()
})
afterAll(() => target.close())

const body = '{}'
const { signal } = new AbortController()

test.each([
  '127.0.0.1',
  '10.0.0.1',
  '192.168.0.1',
  '100.64.0.1',
  '::1',
  'fc00::1',
  '::ffff:10.0.0.1',
  '64:ff9b::7f00:1',
])('a connection to a name that resolves to %s fails before it is made', async (address) => {
  const lookup = checkedLookup(false, async () => ['93.184.216.34', address])
  const socket = connect({ host: 'localhost', port: Number(new URL(target.url).port), lookup })
  await expect(once(socket, 'connect')).rejects.toThrow('The address is not allowed')
})

test('a connection is used again, and the body has its length in bytes', async () => {
  const client = poster({ allowPrivate: true })
  const ports: unknown[] = []
  target.answer = (response) => {
    ports.push(response.socket?.remotePort)
    response.end()
  }
  const post = { url: target.url, headers: { 'x-more': 'yes' }, body: '{"title":"Käse 🧀"}' }
  for (let n = 0; n < 2; n++) expect(await client.post(post, signal)).toEqual({ status: 200 })
  expect(ports[1]).toBe(ports[0])
  expect(target.received.at(-1)).toMatchObject({
    body: post.body,
    headers: { 'content-length': String(Buffer.byteLength(post.body)), 'x-more': 'yes' },
  })
  target.answer = 200
  client.close()
})

/** A receiver that never closes a connection itself, whose requests are answered by hand. */
async function patientReceiver() {
  const held: (() => void)[] = []
  const server = createServer({ keepAliveTimeout: 0 }, (_, response) => void held.push(() => response.end()))
  const sockets: Socket[] = []
  server.on('connection', (socket: Socket) => void sockets.push(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const open = () => sockets.filter(({ destroyed }) => !destroyed).length
  return { held, open, url, close: () => server.close() }
}

test.each([
  ['that nothing uses is closed', { idleMs: 5 }, 0],
  ['to a receiver is kept, but not all of them', { maxIdle: 1, idleMs: 600_000 }, 1],
])('a connection %s', async (_, options, kept) => {
  const { held, open, url, close } = await patientReceiver()
  const client = poster({ allowPrivate: true, ...options })
  const posts = Promise.all([1, 2, 3].map(() => client.post({ url, headers: {}, body }, signal)))
  await expect.poll(() => held.length).toBe(3)
  for (const answer of held) answer()
  await posts
  await expect.poll(open).toBe(kept)
  client.close()
  await expect.poll(open).toBe(0)
  close()
})

test('a redirect is an answer, and is not followed', async () => {
  const client = poster({ allowPrivate: true })
  const before = target.received.length
  target.answer = (response) => response.writeHead(307, { location: target.url, 'retry-after': '7' }).end()
  expect(await client.post({ url: target.url, headers: {}, body }, signal)).toEqual({ status: 307, retryAfter: '7' })
  expect(target.received.length).toBe(before + 1)
  target.answer = 200
  client.close()
})

test('a request without an answer in time ends, and says how long that was', async () => {
  const client = poster({ allowPrivate: true, timeoutMs: 100 })
  target.answer = () => {}
  expect(await client.post({ url: target.url, headers: {}, body }, signal)).toEqual({
    error: 'No response within 0.1 s',
  })
  target.answer = 200
  client.close()
})

test.each([
  ['ENOTFOUND', 'The host name cannot be resolved'],
  ['ETIMEOUT', 'The host name cannot be resolved in time'],
  ['EREFUSED', 'The connection failed (EREFUSED)'],
  ['connect 10.0.0.1:80', 'The connection failed'],
  [undefined, 'The connection failed'],
])('a failure with the code %j is told as %j', async (code, error) => {
  const resolve = () => Promise.reject(Object.assign(new Error('connect 10.0.0.1:80'), { code }))
  const client = poster({ allowPrivate: true, resolve })
  expect(await client.post({ url: 'http://localhost:1/', headers: {}, body }, signal)).toEqual({ error })
  client.close()
})

test('a request over a new connection is sent once, even if that is closed', async () => {
  const client = poster({ allowPrivate: true })
  const before = target.received.length
  target.answer = (response) => response.socket?.resetAndDestroy()
  expect(await client.post({ url: target.url, headers: {}, body }, signal)).toEqual({
    error: 'The connection was closed before a response',
  })
  expect(target.received.length).toBe(before + 1)
  target.answer = 200
  client.close()
})

test('a connection that the receiver closed is replaced', async () => {
  const client = poster({ allowPrivate: true })
  const post = { url: target.url, headers: {}, body }
  expect(await client.post(post, signal)).toEqual({ status: 200 })
  let ports = new Set<number | undefined>()
  target.answer = (response) => {
    ports = ports.add(response.socket?.remotePort)
    response.end()
    response.socket?.destroySoon()
  }
  for (let n = 0; n < 3; n++) expect(await client.post(post, signal)).toEqual({ status: 200 })
  expect(ports.size).toBeGreaterThan(1)
  target.answer = 200
  client.close()
})

test('a refused connection and an unfinished response are errors that name no address', async () => {
  const client = poster({ allowPrivate: true })
  expect(await client.post({ url: 'http://127.0.0.1:1/', headers: {}, body }, signal)).toEqual({
    error: 'The connection was refused',
  })
  target.answer = (response) => response.socket?.destroy()
  expect(await client.post({ url: target.url, headers: {}, body }, signal)).toEqual({
    error: 'The connection was closed before a response',
  })
  target.answer = 200
  client.close()
})

test('a response that changes the protocol ends the request', async () => {
  const client = poster({ allowPrivate: true })
  target.answer = (response) => response.writeHead(101, { connection: 'upgrade', upgrade: 'echo' }).end()
  expect(await client.post({ url: target.url, headers: {}, body }, signal)).toEqual({ status: 101 })
  target.answer = 200
  expect(await client.post({ url: target.url, headers: {}, body }, signal)).toEqual({ status: 200 })
  client.close()
})

test('the status counts, even if the body of the response is malformed', async () => {
  const client = poster({ allowPrivate: true })
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
  target.answer = (response) => response.socket?.end(`${head}no chunk`)
  expect(await client.post({ url: target.url, headers: {}, body }, signal)).toEqual({ status: 200 })
  target.answer = 200
  client.close()
})

test('an aborted signal rejects', async () => {
  const client = poster({ allowPrivate: true })
  const stopping = new AbortController()
  target.answer = () => stopping.abort()
  await expect(client.post({ url: target.url, headers: {}, body }, stopping.signal)).rejects.toThrow('aborted')
  target.answer = 200
  client.close()
})

test('of the body of a response no more is read than its beginning', async () => {
  const client = poster({ allowPrivate: true, timeoutMs: 600_000 })
  const closed = Promise.withResolvers<boolean>()
  // More than the buffers of a connection hold.
  target.answer = (response) => {
    response.on('close', () => closed.resolve(response.writableFinished))
    response.end(Buffer.alloc(64 * 1024 * 1024))
  }
  expect(await client.post({ url: target.url, headers: {}, body }, signal)).toEqual({ status: 200 })
  expect(await closed.promise, 'the whole body was sent').toBe(false)
  target.answer = 200
  client.close()
})
