import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { envFrom } from '../config/env.ts'
import { banner, withPort } from './listening.ts'
import { ListenError } from './port.ts'

test('a port that is chosen is in our own URL, and a public URL stays as it is', async () => {
  const own = await withPort(envFrom({ PORT: '0' }))
  expect(own.PORT).toBeGreaterThan(0)
  expect(own.BETTER_AUTH_URL).toBe(`http://127.0.0.1:${own.PORT}`)
  expect(own.ADMIN_PORT).toBeUndefined()
  const proxied = await withPort(envFrom({ PORT: '0', BETTER_AUTH_URL: 'https://tasks.example.com' }))
  expect(proxied.BETTER_AUTH_URL).toBe('https://tasks.example.com')
})

test('the port of the metrics is chosen and checked too', async () => {
  expect((await withPort(envFrom({ PORT: '0', ADMIN_PORT: '0' }))).ADMIN_PORT).toBeGreaterThan(0)
  const busy = createServer()
  await once(busy.listen(0, '127.0.0.1'), 'listening')
  const { port } = busy.address() as AddressInfo
  onTestFinished(() => void busy.close())
  const taken = withPort(envFrom({ PORT: '0', ADMIN_PORT: String(port) }))
  await expect(taken).rejects.toBeInstanceOf(ListenError)
  await expect(taken).rejects.toThrow('set ADMIN_PORT to another port')
})

test('the port of the metrics is one of its own host', async () => {
  // An address for documentation, which no machine has (RFC 5737).
  const env = envFrom({ PORT: '0', ADMIN_PORT: '9123', ADMIN_HOST: '192.0.2.1' })
  await expect(withPort(env)).rejects.toThrow('cannot listen on 192.0.2.1:9123')
})

test('the start says where the server, the data and the metrics are', () => {
  const text = banner(envFrom({ PORT: '8123', ADMIN_PORT: '9123', DATABASE_URL: 'postgres://u:hunter2@db.example/x' }))
  expect(text).toContain('running at http://127.0.0.1:8123\n')
  expect(text).toContain('  docs    http://127.0.0.1:8123/docs\n')
  expect(text).toContain('  metrics http://127.0.0.1:9123/metrics\n')
  expect(text).toContain('  data    the database of DATABASE_URL\n')
  expect(text).not.toContain('hunter2')
  expect(banner(envFrom({ TASKWIRE_DATA_DIR: '/nowhere/data' }))).toContain('  data    /nowhere/data\n')
  expect(banner(envFrom({}))).not.toContain('metrics')
})
