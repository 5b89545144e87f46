import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { envFrom } from '../config/env.ts'
import { openApp, pushContact } from './open_app.ts'
import { createCleanup, ShutdownRequested } from './shutdown.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const settings = (variables: Record<string, string> = {}) =>
  envFrom({
    DATABASE_URL: database.url,
    BETTER_AUTH_SECRET: 'q8Zr2vT6xK1mN4pW7sB0dF3gH5jL9cYe',
    LOG_LEVEL: 'silent',
    SMTP_URL: 'smtp://127.0.0.1:1',
    ...variables,
  })

/** Everything that answers requests and runs jobs, whose timers are those of the test. */
async function opened() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  const errors: unknown[] = []
  const cleanup = createCleanup(async (error) => void errors.push(error))
  const app = await openApp(settings(), cleanup, { runsJobs: true })
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

/** What nobody needs any more. Of all but deliveries it is five days old. */
const OLD = `
  INSERT INTO taskwire.task (user_id, title) VALUES ('ann', 'trash');
  UPDATE taskwire.task SET deleted_at = now() - interval '5 days';
  INSERT INTO taskwire.revocation (kind, id, revoked_at) VALUES ('session', 's', now() - interval '5 days');
  INSERT INTO taskwire.verification (id, identifier, value, "expiresAt") VALUES ('v', 'v', 'v', now() - interval '5 days');
  INSERT INTO taskwire.reminder (user_id, task_id, remind_at, zones) VALUES ('ann', 1, now() - interval '5 days', '2025a');
  INSERT INTO taskwire.reminder_mail (user_id, task_id, remind_at, event, next_attempt_at)
    VALUES ('ann', 1, now() - interval '5 days', '{}', now() + interval '1 day');
  INSERT INTO taskwire.webhook (user_id, id, url, events, secret, seq) VALUES ('ann', 1, 'https://x.example', '{}', 's', 0);
  INSERT INTO taskwire.webhook_delivery (user_id, webhook_id, event_key, type, queued, status, created_at)
    VALUES ('ann', 1, 'k', 'test', true, 'delivered', now() - interval '40 days')`
const LEFT = `SELECT
  (SELECT count(*)::int FROM taskwire.task) AS tasks, (SELECT count(*)::int FROM taskwire.revocation) AS revocations,
  (SELECT count(*)::int FROM taskwire.verification) AS grants, (SELECT count(*)::int FROM taskwire.reminder) AS reminders,
  (SELECT count(*)::int FROM taskwire.reminder_mail) AS mails,
  (SELECT count(*)::int FROM taskwire.webhook_delivery) AS deliveries`

test('each hour everything is removed that is older than the settings say', async () => {
  await database.pool.query(OLD)
  const left = async (): Promise<Record<string, number>> => (await database.pool.query(LEFT)).rows[0]
  expect(Object.values(await left())).toEqual([1, 1, 1, 1, 1, 1])
  const errors: unknown[] = []
  const cleanup = createCleanup(async (error) => void errors.push(error))
  // The first run is at a random time within an hour: now.
  vi.spyOn(Math, 'random').mockReturnValue(0)
  const { app } = await openApp(settings({ CHANGES_KEPT_DAYS: '3' }), cleanup, { runsJobs: true })
  // A busy machine may need longer for a connection than a job waits, which is then run again after a minute.
  await expect
    .poll(left, { timeout: 170_000 })
    .toEqual({ tasks: 0, revocations: 0, grants: 0, reminders: 0, mails: 0, deliveries: 0 })
  await app.close()
  await cleanup.run()
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
