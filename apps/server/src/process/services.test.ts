import { SignJWT } from 'jose'
import type { FastifyBaseLogger } from 'fastify'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { envFrom } from '../config/env.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { openServices } from './services.ts'
import { createCleanup } from './shutdown.ts'

const SECRET = 'q8Zr2vT6xK1mN4pW7sB0dF3gH5jL9cYe'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

interface Line {
  readonly details: Readonly<Record<string, unknown>>
  readonly message: string
}

/** The services with these settings, and what is logged as a warning. */
async function opened(variables: Record<string, string> = {}) {
  const warnings: Line[] = []
  const note = (details: Line['details'], message: string) => void warnings.push({ details, message })
  const log = { info: () => {}, warn: note, error: note } as unknown as FastifyBaseLogger
  const cleanup = createCleanup(async (error) => note({ error }, 'cleanup'))
  const metrics = createMetrics()
  const env = envFrom({ DATABASE_URL: database.url, BETTER_AUTH_SECRET: SECRET, ...variables })
  const parts = await openServices(env, { log, cleanup, metrics })
  onTestFinished(() => cleanup.run())
  return { ...parts, warnings, cleanup, metrics }
}

function token(claims: object): Promise<string> {
  const jwt = new SignJWT({ sub: 'ann', ...claims }).setProtectedHeader({ alg: 'HS256' })
  return jwt.sign(new TextEncoder().encode(SECRET))
}

test('statements that take longer than SLOW_REQUEST_MS are logged, without their values', async () => {
  const { services, warnings } = await opened({ SLOW_REQUEST_MS: '1' })
  const text = 'SELECT pg_sleep(0.01)::text AS slept WHERE $1 <> $2'
  await services.sql({ name: 'sleep', text, values: ['very private', ''] })
  const slow = warnings.find(({ details }) => details['statement'] === 'sleep')
  expect(slow).toEqual({ details: { statement: 'sleep', ms: expect.any(Number) }, message: 'slow statement' })
  expect(JSON.stringify(warnings)).not.toContain('very private')
})

test('faster statements are not logged, and all are measured', async () => {
  const { services, warnings, metrics } = await opened({ SLOW_REQUEST_MS: '600000' })
  await services.db.task.findMany({ where: { user_id: 'ann' } })
  expect(warnings).toEqual([])
  expect(await metrics.text()).toMatch(/taskwire_db_statement_duration_seconds_count\{.*\} [1-9]/)
})

test('the metrics show connections and streams', async () => {
  const { services, metrics } = await opened()
  await services.db.task.count()
  const text = await metrics.text()
  expect(text).toMatch(/^taskwire_db_connections\{state="idle"\} [1-9]/m)
  expect(text).toMatch(/^taskwire_event_streams 0$/m)
})

test('tokens without an end are accepted only where the settings say so', async () => {
  const endless = await token({})
  const strict = await opened()
  await expect(strict.services.tokens.verify(endless)).rejects.toMatchObject({ reason: 'token_expiry_missing' })
  const lenient = await opened({ AUTH_ALLOW_NON_EXPIRING: 'true' })
  expect(await lenient.services.tokens.verify(endless)).toMatchObject({ user_id: 'ann' })
})

test('calls are limited and webhooks may be private only where the settings say so', async () => {
  const { services } = await opened()
  expect([services.calls, services.allowPrivateWebhooks]).toEqual([undefined, false])
  const limited = await opened({ RATE_LIMIT_API: '1', WEBHOOK_ALLOW_PRIVATE: 'true' })
  const { calls, allowPrivateWebhooks } = limited.services
  expect([calls?.take('ann').allowed, calls?.take('ann').allowed, calls?.take('ben').allowed]).toEqual([
    true,
    false,
    true,
  ])
  expect(allowPrivateWebhooks).toBe(true)
})

test('the public URL has no slash at its end', async () => {
  const { services } = await opened({ BETTER_AUTH_URL: 'https://tasks.example/' })
  expect(services.publicUrl).toBe('https://tasks.example')
})

test('without a mail server there is no mailer', async () => {
  expect((await opened()).mailer).toBeUndefined()
  expect((await opened({ SMTP_URL: 'smtp://127.0.0.1:1' })).mailer).toBeDefined()
})

test('the end closes the database', async () => {
  const { services, cleanup, warnings } = await opened()
  await services.db.task.count()
  await cleanup.run()
  await expect(services.db.task.count()).rejects.toThrow()
  expect(warnings).toEqual([])
})
