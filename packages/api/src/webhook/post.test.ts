import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
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

/** A receiver that never closes a connection itself. Unless told otherwise it holds requests, which are answered later. */
async function patientReceiver() {
  const held: ServerResponse[] = []
  const server = createServer({ keepAliveTimeout: 0 }, (_, response) => self.answer(response))
  const sockets: Socket[] = []
  server.on('connection', (socket: Socket) => void sockets.push(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const self = {
    held,
    answer: (response: ServerResponse): void => void held.push(response),
    open: () => sockets.filter(({ destroyed }) => !destroyed).length,
    post: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, headers: {}, body },
  }
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return self
}

test.each([
  ['that nothing uses is closed', { idleMs: 5 }, 0],
  ['to a receiver is kept, but not all of them', { maxIdle: 1, idleMs: 600_000 }, 1],
])('a connection %s', async (_, options, kept) => {
  const { held, open, post } = await patientReceiver()
  const client = poster({ allowPrivate: true, ...options })
  const posts = Promise.all([1, 2, 3].map(() => client.post(post, signal)))
  await expect.poll(() => held.length).toBe(3)
  for (const response of held) response.end()
  await posts
  await expect.poll(open).toBe(kept)
  client.close()
  await expect.poll(open).toBe(0)
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

test.each([
  [3, { status: 200 }],
  [4, { error: 'The connection was closed before a response' }],
])('where %d kept connections turn out to be closed the request ends with %j', async (kept, outcome) => {
  const patient = await patientReceiver()
  const { held, post } = patient
  const client = poster({ allowPrivate: true, idleMs: 600_000 })
  const posts = Promise.all(Array.from({ length: kept }, () => client.post(post, signal)))
  await expect.poll(() => held.length).toBe(kept)
  const old = new Set(held.map(({ socket }) => socket))
  for (const response of held) response.end()
  await posts
  patient.answer = (response) => void (old.has(response.socket) ? response.socket?.destroy() : response.end())
  expect(await client.post(post, signal)).toEqual(outcome)
  client.close()
})

test('a receiver with an https address is asked by TLS', async () => {
  const first: (number | undefined)[] = []
  const server = createTcpServer((socket) => {
    socket.on('data', (bytes: Buffer) => {
      first.push(bytes[0])
      socket.destroy()
    })
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const client = poster({ allowPrivate: true })
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`
  expect(await client.post({ url, headers: {}, body }, signal)).toEqual({
    error: 'The connection was closed before a response',
  })
  // The type of a handshake: RFC 8446, 5.1.
  expect(first).toEqual([22])
  client.close()
})

test('a response of 64 KiB leaves its connection for the next request', async () => {
  const client = poster({ allowPrivate: true, idleMs: 600_000 })
  const ports = new Set<unknown>()
  target.answer = (response) => {
    ports.add(response.socket?.remotePort)
    response.end(Buffer.alloc(64 * 1024))
  }
  for (let n = 0; n < 3; n++)
    expect(await client.post({ url: target.url, headers: {}, body }, signal)).toEqual({ status: 200 })
  expect(ports.size).toBe(1)
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

test('a response that changes the protocol ends the request and its connection', async () => {
  const patient = await patientReceiver()
  const client = poster({ allowPrivate: true, idleMs: 600_000 })
  patient.answer = (response) => response.writeHead(101, { connection: 'upgrade', upgrade: 'echo' }).end()
  expect(await client.post(patient.post, signal)).toEqual({ status: 101 })
  await expect.poll(patient.open).toBe(0)
  patient.answer = (response) => response.end()
  expect(await client.post(patient.post, signal)).toEqual({ status: 200 })
  expect(patient.open()).toBe(1)
  client.close()
})

test('what a receiver sends before its response is no answer', async () => {
  const client = poster({ allowPrivate: true })
  target.answer = (response) => {
    response.writeProcessing()
    response.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => response.writeHead(204).end())
  }
  expect(await client.post({ url: target.url, headers: {}, body }, signal)).toEqual({ status: 204 })
  target.answer = 200
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

test('an aborted signal ends its request at once, with its connection, and no other one', async () => {
  const { held, open, post } = await patientReceiver()
  const client = poster({ allowPrivate: true })
  const stopping = new AbortController()
  // Without the abort both would end after the same time, this one first.
  const other = client.post(post, signal)
  const aborted = client.post(post, stopping.signal).catch((error: Error) => error.name)
  await expect.poll(() => held.length).toBe(2)
  stopping.abort()
  expect(await Promise.race([other, aborted])).toBe('AbortError')
  await expect.poll(open).toBe(1)
  for (const response of held) response.end()
  expect(await other).toEqual({ status: 200 })
  client.close()
})

test('an aborted signal ends a request whose host is still being looked up, and begins none', async () => {
  const stopping = new AbortController()
  let lookups = 0
  const resolve = () => {
    lookups++
    stopping.abort()
    return new Promise<string[]>(() => {})
  }
  const client = poster({ allowPrivate: true, resolve })
  const post = { url: target.url.replace('127.0.0.1', 'localhost'), headers: {}, body }
  const before = target.received.length
  await expect(client.post(post, stopping.signal)).rejects.toThrow('aborted')
  await expect(client.post(post, stopping.signal)).rejects.toThrow('aborted')
  expect([lookups, target.received.length]).toEqual([1, before])
  client.close()
})

test('the status counts, even if the request is aborted before the body of the response has ended', async () => {
  const patient = await patientReceiver()
  const client = poster({ allowPrivate: true })
  const stopping = new AbortController()
  // Once the response has begun here, too.
  const abort = () => void setImmediate(() => stopping.abort())
  subscribe('http.client.response.finish', abort)
  onTestFinished(() => void unsubscribe('http.client.response.finish', abort))
  patient.answer = (response) => void response.writeHead(202, { 'retry-after': '7' }).write('more follows')
  expect(await client.post(patient.post, stopping.signal)).toEqual({ status: 202, retryAfter: '7' })
  await expect.poll(patient.open).toBe(0)
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
