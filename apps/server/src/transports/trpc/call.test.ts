import { connect, type AddressInfo } from 'node:net'
import { appRouter, operations, type Operation } from '@taskwire/api'
import { testServices } from '@taskwire/api/testing'
import { fastify } from 'fastify'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { requestContext } from '../context.ts'
import { runCalls } from './call.ts'
import type { TrpcRoute } from './input.ts'

const api = await testServices()
afterAll(() => api.close())

const all = operations(appRouter)

/** What the calls of a request were given, each of which is answered when the test says so. */
async function running(names: readonly string[]) {
  const signals: (AbortSignal | undefined)[] = []
  const answer = Promise.withResolvers<void>()
  const called = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<void>()
  const calls = names.map((name): Operation => {
    const operation = all.find((each) => each.name === name)
    if (operation === undefined) throw new Error(`no operation ${name}`)
    const begin = async (signal: AbortSignal | undefined) => {
      if (signals.push(signal) === names.length) called.resolve()
      await answer.promise
    }
    return {
      ...operation,
      run: (_ctx, _input, signal) => begin(signal).then(() => name),
      ...(operation.runAsJson && {
        runAsJson: (_ctx, _input, signal) => begin(signal).then(() => ({ json: JSON.stringify(name) })),
      }),
    }
  })
  const app = fastify({ forceCloseConnections: true })
  app.get<TrpcRoute>('/', (request, reply) => {
    reply.raw.once('close', closed.resolve)
    const ctx = requestContext({ services: api.services, via: 'trpc' }, request, reply)
    return runCalls(calls, { ctx, input: {}, request, reply })
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const client = connect(port, '127.0.0.1', () => client.write('GET /?batch=1 HTTP/1.1\r\nhost: x\r\n\r\n'))
  const received: string[] = []
  client.on('error', () => {}).on('data', (data) => received.push(data.toString()))
  onTestFinished(async () => {
    client.destroy()
    answer.resolve()
    await app.close()
  })
  await called.promise
  return { signals, answer, client, received, closed: closed.promise }
}

test.each([
  [['task.list']],
  [['change.list']],
  [['task.list', 'task.get']],
  [['task.get', 'task.list']],
  [['task.get', 'viewer.get', 'task.get']],
])('a disconnect ends all calls of a request with a slow one: %j', async (names) => {
  const { signals, client, closed } = await running(names)
  expect(signals.map((signal) => signal?.aborted)).toEqual(names.map(() => false))
  client.destroy()
  await closed
  expect(signals.map((signal) => signal?.aborted)).toEqual(names.map(() => true))
})

test.each([[['task.get']], [['task.get', 'task.get']], [['task.create', 'task.toggle']]])(
  'calls of one task are not cancelled: %j',
  async (names) => {
    const { signals, client, closed } = await running(names)
    client.destroy()
    await closed
    expect(signals).toEqual(names.map(() => undefined))
  },
)

test('a response that is complete cancels none of its calls', async () => {
  const { signals, answer, received, closed } = await running(['task.list', 'viewer.get'])
  answer.resolve()
  await closed
  await expect
    .poll(() => received.join(''))
    .toContain('[{"result":{"data":"task.list"}},{"result":{"data":"viewer.get"}}]')
  expect(signals.map((signal) => signal?.aborted)).toEqual([false, false])
})
