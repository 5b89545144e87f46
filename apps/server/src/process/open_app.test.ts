import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { envFrom } from '../config/env.ts'
import { openApp, pushContact } from './open_app.ts'
import { createCleanup, ShutdownRequested } from './shutdown.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())
afterEach(() => void vi.useRealTimers())

const settings = (variables: Record<string, string> = {}) =>
  envFrom({
    DATABASE_URL: database.url,
    BETTER_AUTH_SECRET: 'q8Zr2vT6xK1mN4pW7sB0dF3gH5jL9cYe',
    LOG_LEVEL: 'silent',
    SMTP_URL: 'smtp://127.0.0.1:1',
    ...variables,
  })

/** Everything that answers requests and runs jobs, whose timers are those of the test. */
async function opened(variables: Record<string, string> = {}) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  const errors: unknown[] = []
  const cleanup = createCleanup(async (error) => void errors.push(error))
  const app = await openApp(settings(variables), cleanup, { runsJobs: true })
  return { ...app, cleanup, errors }
}

test('when everything is closed that was opened no timer is left, and nothing has failed', async () => {
  const { begin, cleanup, errors, app } = await opened()
  begin()
  expect(vi.getTimerCount()).toBeGreaterThan(5)
  await app.close()
  await cleanup.run()
  expect(vi.getTimerCount()).toBe(0)
  expect(errors).toEqual([])
})

test('jobs that have not begun are closed as well', async () => {
  const { cleanup, errors, app } = await opened()
  await app.close()
  await cleanup.run()
  expect(vi.getTimerCount()).toBe(0)
  expect(errors).toEqual([])
})

test('a start that is stopped before the database is open closes it again', async () => {
  const cleanup = createCleanup(async () => {})
  cleanup.begin()
  await expect(openApp(settings(), cleanup, { runsJobs: true })).rejects.toThrow(ShutdownRequested)
  await cleanup.run()
})

test.each([
  ['https://tasks.example', 'Taskwire <mail@tasks.example>', 'https://tasks.example'],
  ['http://127.0.0.1:8000', 'Taskwire <mail@tasks.example>', 'mailto:mail@tasks.example'],
  ['http://127.0.0.1:8000', 'mail@tasks.example', 'mailto:mail@tasks.example'],
])('a push service finds the operator of %s and %s at %s', (BETTER_AUTH_URL, MAIL_FROM, contact) => {
  expect(pushContact({ BETTER_AUTH_URL, MAIL_FROM })).toBe(contact)
})
