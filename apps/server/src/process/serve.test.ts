import { testDatabase } from '@taskwire/db/testing'
import { expect, test } from 'vitest'
import { envFrom } from '../config/env.ts'
import { serve } from './serve.ts'
import { createCleanup } from './shutdown.ts'

test('a server answers once it says so, and has closed everything when its cleanup is over', async () => {
  const database = await testDatabase()
  const env = envFrom({
    PORT: '0',
    ADMIN_PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.url,
    BETTER_AUTH_SECRET: 'q8Zr2vT6xK1mN4pW7sB0dF3gH5jL9cYe',
    SHUTDOWN_DELAY_MS: '10',
  })
  const errors: unknown[] = []
  const cleanup = createCleanup(async (error) => void errors.push(error))
  let banner = ''
  await serve(env, cleanup, { write: (bytes) => void (banner += bytes.toString()) })
  // The deadline of a stop comes so much later.
  expect(cleanup.delayMs).toBe(10)
  const [, url = ''] = /running at (\S+)/.exec(banner) ?? []
  const [, metrics = ''] = /metrics (\S+)/.exec(banner) ?? []
  await expect.poll(async () => (await fetch(`${url}/health/ready`)).status).toBe(200)
  expect(await (await fetch(metrics)).text()).toContain('route="/health/ready"')
  const admin = new URL('/health/ready', metrics)
  const stopped = cleanup.run()
  // The admin server reports on the other one until that has ended.
  await expect.poll(async () => (await fetch(admin)).status).toBe(503)
  await stopped
  expect(errors).toEqual([])
  for (const address of [url, metrics]) await expect(fetch(address)).rejects.toThrow('fetch failed')
  await database.close()
})
