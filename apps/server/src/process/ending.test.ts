import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Services } from '@taskwire/api'
import { fastify } from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import type { App } from '../http/app.ts'
import { drain, endRequests, pauseRequests, resumeRequests, stopListening } from './drain.ts'

const SOON = { idleMs: 1, assistantMs: 5, drainMs: 60_000 }

/** A listening app whose one route answers when the test says so, and a connection to it. */
async function busyApp() {
  const answer = Promise.withResolvers<string>()
  const arrived = Promise.withResolvers<void>()
  const app = fastify() as unknown as App
  app.get('/', async () => {
    arrived.resolve()
    return answer.promise
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const client = connect((app.server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {})
  let received = ''
  client.setEncoding('utf8').on('data', (text: string) => (received += text))
  onTestFinished(async () => {
    client.destroy()
    app.server.closeAllConnections()
    await app.close()
  })
  const ask = () => client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  return { app, client, answer: answer.resolve, arrived: arrived.promise, ask, received: () => received }
}

function servicesWith(assistant?: () => void) {
  const closed: string[] = []
  const feed = { close: () => void closed.push('feed') }
  const close = () => {
    closed.push('assistant')
    assistant?.()
  }
  return { closed, services: { feed, assistant: { close } } as unknown as Pick<Services, 'feed' | 'assistant'> }
}

test('a request in progress is finished, the assistant is ended before, and no timer is left', async () => {
  const { app, answer, arrived, ask, received } = await busyApp()
  const { closed, services } = servicesWith(() => answer('late'))
  ask()
  await arrived
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  await endRequests(app, services, SOON)
  // The stream of changes ends first, so that its clients go elsewhere at once.
  expect(closed).toEqual(['feed', 'assistant'])
  await expect.poll(received).toContain('late')
  expect(timers()).toBeLessThanOrEqual(before)
})

test('a request that does not end in time is cut off', async () => {
  const { app, client, arrived, ask, received } = await busyApp()
  ask()
  await arrived
  const closed = once(client, 'close')
  await endRequests(app, servicesWith().services, { ...SOON, drainMs: 20 })
  await closed
  expect(received()).toBe('')
})

test('an assistant is not ended where no request needs longer', async () => {
  const { app, client } = await busyApp()
  client.destroy()
  const { closed, services } = servicesWith()
  await endRequests(app, services, { ...SOON, assistantMs: 60_000 })
  expect(closed).toEqual(['feed'])
})

test('connections that become idle are closed, and those that somebody else has accepted are waited for', async () => {
  const { app, client, answer, arrived, ask } = await busyApp()
  ask()
  await arrived
  let connections = 2
  let hasEnded = false
  const ended = endRequests(app, servicesWith().services, { ...SOON, connections: () => connections }).then(
    () => (hasEnded = true),
  )
  const closed = once(client, 'close')
  answer('done')
  // Without it the server's own list of idle connections would be looked at in the end alone.
  await closed
  expect(hasEnded).toBe(false)
  connections = 0
  await ended
})

test('an app that does not listen is stopped without a delay', async () => {
  const app = fastify() as unknown as App
  const { closed, services } = servicesWith()
  await drain(app, services as Services, 86_400_000)
  expect(app.stopping).toBe(true)
  expect(closed[0]).toBe('feed')
})

test('requests that wait proceed in their order, and later ones at once', () => {
  const app = { paused: undefined } as Pick<App, 'paused'> as App
  pauseRequests(app)
  const order: number[] = []
  app.paused?.push(
    () => order.push(1),
    () => order.push(2),
  )
  // Pausing again forgets none.
  pauseRequests(app)
  resumeRequests(app)
  expect(order).toEqual([1, 2])
  expect(app.paused).toBeUndefined()
  resumeRequests(app)
  expect(order).toEqual([1, 2])
})

test('a listener that is closed keeps its connections, and lets requests wait meanwhile', async () => {
  const accepted: Socket[] = []
  const server = createServer((socket) => void accepted.push(socket))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const client = connect(port, '127.0.0.1')
  await expect.poll(() => accepted.length).toBe(1)
  onTestFinished(() => void client.destroy())
  const listeners = server.listenerCount('connection')
  const order: string[] = []
  await stopListening({
    server,
    pause: () => order.push(`paused ${server.listening}`),
    resume: () => order.push(`resumed ${server.listening}`),
  })
  expect(order).toEqual(['paused true', 'resumed false'])
  expect(server.listenerCount('connection')).toBe(listeners)
  const reply = once(client, 'data')
  accepted[0]?.write('still here')
  expect(String(await reply)).toBe('still here')
  await expect(once(connect(port, '127.0.0.1'), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('a listener is closed although clients do not cease to connect', async () => {
  const server = createServer((socket) => socket.on('error', () => {}).end())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  let isOver = false
  const connectAgain = () => {
    if (isOver) return
    connect(port, '127.0.0.1')
      .on('error', () => {})
      .on('close', connectAgain)
      .resume()
  }
  connectAgain()
  await stopListening({ server, pause: () => {}, resume: () => {} })
  isOver = true
  expect(server.listening).toBe(false)
})
