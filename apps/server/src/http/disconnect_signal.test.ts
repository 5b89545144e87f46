import { connect, type AddressInfo } from 'node:net'
import { fastify } from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { disconnectSignal } from './disconnect.ts'

/** A server that answers when the test says so, and a client that asks it. */
async function asked() {
  const answer = Promise.withResolvers<string>()
  const started = Promise.withResolvers<AbortSignal>()
  const closed = Promise.withResolvers<void>()
  const app = fastify({ forceCloseConnections: true })
  app.get('/', (_request, reply) => {
    started.resolve(disconnectSignal(reply))
    reply.raw.once('close', closed.resolve)
    return answer.promise
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const client = connect(port, '127.0.0.1', () => client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'))
  client.on('error', () => {}).resume()
  onTestFinished(async () => {
    client.destroy()
    answer.resolve('')
    await app.close()
  })
  return { client, answer, signal: await started.promise, closed: closed.promise }
}

test('a client that leaves before its response is complete aborts', async () => {
  const { client, signal } = await asked()
  expect(signal.aborted).toBe(false)
  client.destroy()
  await expect.poll(() => signal.aborted).toBe(true)
})

test('a response that is complete aborts nothing, neither then nor when its client leaves', async () => {
  const { client, answer, signal, closed } = await asked()
  answer.resolve('done')
  await closed
  expect(signal.aborted).toBe(false)
  client.destroy()
  await new Promise((resolve) => client.once('close', resolve))
  expect(signal.aborted).toBe(false)
})
