import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { endSocket } from './end_socket.ts'
import { listen } from './ports.ts'

/** Both ends of a connection, and what the client and the other end have seen. */
async function connection() {
  const server = createServer({ allowHalfOpen: true })
  const client = connect(await listen(server), '127.0.0.1')
  const [accepted]: Socket[] = await once(server, 'connection')
  if (accepted === undefined) throw new Error('nothing was accepted')
  const seen = { text: '', errors: [] as unknown[], isClosed: false }
  client.on('data', (chunk) => (seen.text += chunk.toString()))
  client.on('error', (error) => seen.errors.push(Reflect.get(error, 'code')))
  accepted.on('error', (error) => seen.errors.push(error))
  accepted.on('close', () => (seen.isClosed = true))
  onTestFinished(() => {
    client.destroy()
    server.close()
  })
  return { client, accepted, seen }
}

test('a reset reaches the client, and a FIN comes after what was written', async () => {
  const one = await connection()
  endSocket(one.accepted, 'reset')
  await expect.poll(() => one.seen).toEqual({ text: '', errors: ['ECONNRESET'], isClosed: true })
  const other = await connection()
  other.accepted.write('the last words')
  endSocket(other.accepted, 'fin')
  await expect.poll(() => other.seen).toEqual({ text: 'the last words', errors: [], isClosed: true })
})

test('a socket that was just ended is closed by a reset too', async () => {
  const { accepted, seen } = await connection()
  accepted.end()
  endSocket(accepted, 'reset')
  await expect.poll(() => seen.isClosed).toBe(true)
  expect(seen.errors).toEqual([])
})
