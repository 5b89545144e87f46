import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { openDatabase } from './database.ts'
import { databaseErrorCode } from './error_code.ts'

const AUTHENTICATED = message('R', Buffer.alloc(4))
const READY = message('Z', Buffer.from('I'))
const SHUTDOWN = message('E', Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0'))

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const servers: Server[] = []
const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const server of servers.splice(0)) server.close()
})

/** A server whose connections are answered by hand, from the first bytes on. */
async function serverThat(answer: (socket: Socket, isFirst: boolean) => void): Promise<number> {
  const server = createServer((socket) => {
    let isFirst = true
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', () => {
      answer(socket, isFirst)
      isFirst = false
    })
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Of one host, and of several, which another class of clients connects to. */
const HOSTS = [
  ['alone', ''],
  ['before another one', ',127.0.0.1:1'],
] as const

async function codeOfStatement(port: number, others: string): Promise<string | undefined> {
  const database = openDatabase({ url: `postgresql://u:p@127.0.0.1:${port}${others}/db`, waitMs: 60_000 })
  const error = await database.sql({ text: 'SELECT 1', values: [] }).catch((thrown: unknown) => thrown)
  await database.close()
  return databaseErrorCode(error)
}

test.each(HOSTS)('a connection that is lost while it is prepared fails its statement only: %s', async (_, others) => {
  const port = await serverThat((socket, isFirst) => {
    if (isFirst) socket.write(Buffer.concat([AUTHENTICATED, READY]))
    else socket.destroy()
  })
  expect(['CONNECTION_LOST', 'ECONNRESET', 'EPIPE']).toContain(await codeOfStatement(port, others))
})

test.each(HOSTS)(
  'a server that stops just when a connection is ready fails a statement only: %s',
  async (_, others) => {
    const port = await serverThat((socket) => {
      socket.write(Buffer.concat([AUTHENTICATED, READY, SHUTDOWN]))
    })
    expect(['CONNECTION_LOST', '57P01']).toContain(await codeOfStatement(port, others))
  },
)
