import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { listen } from './ports.ts'
import { TcpProxy } from './tcp_proxy.ts'
import { until } from './until.ts'

// The server behind the proxy echoes what it receives.
let echo: Server
let port: number

beforeAll(async () => {
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy())
    socket.pipe(socket)
  })
  port = await listen(echo)
})

afterAll(() => {
  echo.close()
})

async function startProxy(): Promise<TcpProxy> {
  const proxy = await TcpProxy.start({ target: { host: '127.0.0.1', port } })
  onTestFinished(() => proxy[Symbol.asyncDispose]())
  return proxy
}

/** A client that records what it receives and how its connection ends. */
async function client(to: TcpProxy) {
  const socket: Socket = connect({ port: to.port, host: '127.0.0.1', allowHalfOpen: true })
  const seen = { socket, text: '', ended: false, error: '' }
  socket.on('data', (chunk) => (seen.text += chunk.toString()))
  socket.on('end', () => (seen.ended = true))
  socket.on('error', (error) => (seen.error = 'code' in error ? String(error.code) : error.message))
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return seen
}

test('bytes pass in both directions, and a half-closed connection still gets its response', async () => {
  const one = await client(await startProxy())
  one.socket.end('x'.repeat(3_000_000))
  await until('the echo', () => one.ended)
  expect(one.text.length).toBe(3_000_000)
})

test('the proxy counts its open connections', async () => {
  const proxy = await startProxy()
  const clients = await Promise.all([client(proxy), client(proxy)])
  await until('two open', () => proxy.open === 2)
  for (const one of clients) one.socket.end()
  await until('none open', () => proxy.open === 0)
  expect(proxy.accepted).toBe(2)
})

test('a delayed response arrives late and complete', async () => {
  const proxy = await startProxy()
  const one = await client(proxy)
  proxy.delay(300, ['toClient'])
  const start = performance.now()
  one.socket.write('late')
  await until('the echo', () => one.text === 'late')
  expect(performance.now() - start).toBeGreaterThanOrEqual(299)
})

test('a paused direction holds bytes back until it is resumed', async () => {
  const proxy = await startProxy()
  const [one, other] = [await client(proxy), await client(proxy)]
  proxy.pause(['toClient'])
  one.socket.write('held')
  other.socket.write('held too')
  await until('both echoes are held', () => proxy.held === 12)
  expect([one.text, other.text]).toEqual(['', ''])
  proxy.resume()
  await until('both echoes', () => one.text === 'held' && other.text === 'held too')
})

test('a cut by FIN ends the connection in order, and a cut by RST resets it', async () => {
  const proxy = await startProxy()
  const orderly = await client(proxy)
  proxy.cut('fin')
  await until('the end', () => orderly.ended)
  const reset = await client(proxy)
  await until('it is open', () => proxy.open === 1)
  proxy.cut('reset')
  await until('the reset', () => reset.error === 'ECONNRESET')
  expect(proxy.open).toBe(0)
})

test('a connection is cut after exactly the given number of bytes of a response', async () => {
  const proxy = await startProxy()
  const one = await client(proxy)
  const cut = proxy.cutAfter({ direction: 'toClient', bytes: 70_001, how: 'fin' })
  one.socket.write('y'.repeat(200_000))
  await until('the end', () => one.ended)
  expect([one.text.length, cut.hits]).toEqual([70_001, 1])
  const next = await client(proxy)
  next.socket.write('goes on')
  await until('the echo', () => next.text === 'goes on')
})

test('a black hole accepts connections, sends nothing, and resets them when it ends', async () => {
  const proxy = await startProxy()
  const open = await client(proxy)
  open.socket.write('before')
  await until('the echo', () => open.text === 'before')
  proxy.blackHole()
  const fresh = await client(proxy)
  open.socket.write('lost')
  fresh.socket.write('lost')
  open.socket.end()
  await until('both are swallowed', () => proxy.swallowed === 8)
  expect([open.ended, open.text, fresh.text]).toEqual([false, 'before', ''])
  proxy.restore()
  await until('both are reset', () => fresh.error === 'ECONNRESET' && open.error === 'ECONNRESET')
})

test('a proxy that refuses connections keeps open ones, and later accepts new ones on the same port', async () => {
  const proxy = await startProxy()
  const kept = await client(proxy)
  await until('it is open', () => proxy.open === 1)
  await proxy.refuse()
  await expect(client(proxy)).rejects.toThrow('ECONNREFUSED')
  kept.socket.write('still here')
  await until('the echo', () => kept.text === 'still here')
  await proxy.accept()
  await client(proxy)
})

test('connections to an absent server are reset', async () => {
  const proxy = await TcpProxy.start({ target: { host: '127.0.0.1', port: 1 } })
  onTestFinished(() => proxy[Symbol.asyncDispose]())
  const one = await client(proxy).catch((error: unknown) => ({ error: String(error) }))
  await expect.poll(() => one.error).toContain('ECONNRESET')
})
