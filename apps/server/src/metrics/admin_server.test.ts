import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { adminServer } from './admin_server.ts'

test('metrics that cannot be read are an error of that request', async () => {
  const errors: unknown[] = []
  const server = adminServer({
    metrics: { contentType: 'text/plain', text: () => Promise.reject(new Error('a gauge failed')) },
    isReady: () => Promise.resolve(true),
    onError: (error) => errors.push(error),
  })
  onTestFinished(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const get = (path: string) => fetch(url + path, { headers: { connection: 'close' } })
  expect((await get('/metrics')).status).toBe(500)
  expect(errors).toHaveLength(1)
  expect(await (await get('/health/ready')).json()).toEqual({ status: 'ready' })
})
