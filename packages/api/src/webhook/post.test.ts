import { connect } from 'node:net'
import { once } from 'node:events'
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

test('a connection that the receiver closed is replaced', async () => {
  const client = poster({ allowPrivate: true })
  const { signal } = new AbortController()
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
  const { signal } = new AbortController()
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
  const { signal } = new AbortController()
  expect(await client.post({ url: target.url, headers: {}, body }, signal)).toEqual({ status: 101 })
  target.answer = 200
  expect(await client.post({ url: target.url, headers: {}, body }, signal)).toEqual({ status: 200 })
  client.close()
})

test('the status counts, even if the body of the response is malformed', async () => {
  const client = poster({ allowPrivate: true })
  const { signal } = new AbortController()
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
  const { signal } = new AbortController()
  expect(await client.post({ url: target.url, headers: {}, body }, signal)).toEqual({ status: 200 })
  expect(await closed.promise, 'the whole body was sent').toBe(false)
  target.answer = 200
  client.close()
})
