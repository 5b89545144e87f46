import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { taskwireVersion } from '../config/version.ts'
import { adminServer } from './admin_server.ts'

async function serve(state: { ready?: boolean; text?: () => Promise<string> } = {}) {
  const errors: unknown[] = []
  const server = adminServer({
    metrics: { contentType: 'text/plain; version=0.0.4', text: state.text ?? (async () => 'a 1\n') },
    isReady: async () => state.ready ?? true,
    onError: (error) => errors.push(error),
  })
  onTestFinished(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const send = (path: string, method = 'GET') => fetch(url + path, { method, headers: { connection: 'close' } })
  return { errors, send }
}

test('metrics that cannot be read are an error of that request', async () => {
  const { errors, send } = await serve({ text: () => Promise.reject(new Error('a gauge failed')) })
  const failed = await send('/metrics')
  expect(failed.status).toBe(500)
  expect(await failed.text()).not.toContain('a gauge failed')
  expect(errors).toHaveLength(1)
  expect(await (await send('/health/ready')).json()).toEqual({ status: 'ready' })
})

test('metrics have the type of their format, whatever the query', async () => {
  const { send } = await serve()
  const answer = await send('/metrics?x=/health')
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
    200,
    'text/plain; version=0.0.4',
    'a 1\n',
  ])
})

test('a server that is not ready says so by its status, and is healthy', async () => {
  const { send } = await serve({ ready: false })
  const ready = await send('/health/ready')
  expect([ready.status, await ready.json()]).toEqual([503, { status: 'unavailable' }])
  const health = await send('/health')
  expect([health.status, health.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
  expect(await health.json()).toEqual({ status: 'healthy', service: 'todo-backend', version: taskwireVersion() })
})

test('other paths are not found, and nothing is written', async () => {
  const { send, errors } = await serve()
  for (const path of ['/', '/metrics/', '/healthy']) expect((await send(path)).status, path).toBe(404)
  for (const method of ['POST', 'PUT', 'DELETE']) expect((await send('/metrics', method)).status, method).toBe(405)
  expect((await send('/health', 'HEAD')).status).toBe(200)
  expect(errors).toEqual([])
})
