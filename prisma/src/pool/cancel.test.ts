import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { requestCancel } from './cancel.ts'

/** A server that takes connections and never answers, and a client that is connected to it. */
async function silentServer() {
  const accepted: Socket[] = []
  const server = createServer({ allowHalfOpen: true }, (socket) => accepted.push(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const client = Object.assign(new Client({ host: '127.0.0.1', port }), { processID: 12, secretKey: 34 })
  const close = () => {
    for (const socket of accepted) socket.destroy()
    server.close()
  }
  return { server, port, client, close }
}

test('a request to cancel stays open until the server has taken it: PgBouncer forgets one that is closed before', async () => {
  const { server, port, client, close } = await silentServer()
  const accepted: Promise<Socket[]> = once(server, 'connection')
  const request = requestCancel(client)
  const [socket] = await accepted
  const packet: Promise<Buffer[]> = once(socket ?? server, 'data')
  const [keys] = await packet
  expect([keys?.readInt32BE(8), keys?.readInt32BE(12)]).toEqual([12, 34])
  let isClosed = false
  socket?.once('end', () => (isClosed = true))
  // An end that was sent along has arrived once a later connection has.
  const later = connect(port, '127.0.0.1')
  await once(server, 'connection')
  later.destroy()
  expect(isClosed).toBe(false)
  socket?.end()
  await request
  close()
})

test('a request to cancel is given up where the server does not take it', async () => {
  const { server, client, close } = await silentServer()
  const accepted: Promise<Socket[]> = once(server, 'connection')
  await requestCancel(client, 50)
  const [socket] = await accepted
  expect(socket).toBeDefined()
  close()
})
