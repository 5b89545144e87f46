import { once } from 'node:events'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { freePort } from '@taskwire/faults'
import { expect, onTestFinished, test } from 'vitest'
import type { Metrics } from '../metrics/metrics.ts'
import { ListenError } from './port.ts'
import { serveMetrics, type ServedMetrics } from './serve_metrics.ts'
import { createCleanup } from './shutdown.ts'

/** The admin server of an app. */
async function served(text: () => Promise<string>, isWritable = () => Promise.resolve(true)) {
  const ADMIN_PORT = await freePort()
  const cleanup = createCleanup(async () => {})
  const logged: string[] = []
  const app = { stopping: false }
  await serveMetrics(
    { ADMIN_HOST: '127.0.0.1', ADMIN_PORT },
    {
      app: app as ServedMetrics['app'],
      services: { isWritable },
      metrics: { text, contentType: 'text/plain' } as Metrics,
      log: { error: (_: object, line: string) => void logged.push(line) } as unknown as ServedMetrics['log'],
    },
    cleanup,
  )
  onTestFinished(() => cleanup.run())
  return { url: `http://127.0.0.1:${ADMIN_PORT}`, cleanup, app, logged }
}

test('metrics are served, and one that cannot be read is a 500 that the log names', async () => {
  const texts = [Promise.resolve('up 1\n')]
  const { url, logged } = await served(() => texts.shift() ?? Promise.reject(new Error('away')))
  expect(await (await fetch(`${url}/metrics`)).text()).toBe('up 1\n')
  expect((await fetch(`${url}/metrics`)).status).toBe(500)
  expect(logged).toEqual(['metrics cannot be read'])
})

test('readiness is that of the app and of the database', async () => {
  const writable = [true, false, true]
  const { url, app } = await served(
    () => Promise.resolve(''),
    async () => writable.shift() === true,
  )
  const status = async () => (await fetch(`${url}/health/ready`)).status
  expect([await status(), await status()]).toEqual([200, 503])
  app.stopping = true
  expect(await status()).toBe(503)
})

test('the end cuts off a scrape that is not answered yet', async () => {
  const { url, cleanup } = await served(() => new Promise(() => {}))
  const request = get(`${url}/metrics`)
  const cut = once(request, 'error')
  const [socket] = await once(request, 'socket')
  await once(socket, 'connect')
  await cleanup.run()
  expect(await cut).toMatchObject([{ code: 'ECONNRESET' }])
  await expect(fetch(`${url}/health`)).rejects.toThrow('fetch failed')
})

test('a port in use is said to be', async () => {
  const busy = createServer()
  const ADMIN_PORT = await freePort()
  await once(busy.listen(ADMIN_PORT, '127.0.0.1'), 'listening')
  onTestFinished(() => void busy.close())
  const cleanup = createCleanup(async () => {})
  const start = serveMetrics({ ADMIN_HOST: '127.0.0.1', ADMIN_PORT }, {} as ServedMetrics, cleanup)
  await expect(start).rejects.toThrow(ListenError)
  await cleanup.run()
})
