import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { connectTo } from './migrate.ts'

/** "Authenticated" and "ready", as PostgreSQL says them. */
const WELCOME = Buffer.from('R\0\0\0\u{8}\0\0\0\0Z\0\0\0\u{5}I')

/** A connection that is being opened to a server that has been asked and has not answered. */
async function opening() {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const accepted = once(server, 'connection')
  const connected = connectTo(`postgresql://u:p@127.0.0.1:${(server.address() as AddressInfo).port}/db`)
  const [socket] = (await accepted) as [Socket]
  onTestFinished(() => {
    socket.destroy()
    server.close()
  })
  await once(socket, 'data')
  return { connected, socket }
}

test('a database that answers within ten seconds is waited for', async () => {
  const { connected, socket } = await opening()
  vi.advanceTimersByTime(9_999)
  socket.write(WELCOME)
  const client = await connected
  expect(vi.getTimerCount()).toBe(0)
  await client.end()
})

test('one that has not answered after ten seconds is unreachable, and its connection is closed', async () => {
  const { connected, socket } = await opening()
  const ended = once(socket, 'end')
  const failed = expect(connected).rejects.toMatchObject({
    name: 'DatabaseStartupError',
    reason: 'unreachable',
    message: 'cannot use the database of DATABASE_URL: timeout expired',
  })
  vi.advanceTimersByTime(10_000)
  await failed
  await ended
})
