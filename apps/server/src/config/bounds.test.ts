import { expect, test } from 'vitest'
import { ConfigurationError, envFrom } from './env.ts'

function isAllowed(name: string, value: string): boolean {
  try {
    envFrom({ [name]: value })
    return true
  } catch (error) {
    if (error instanceof ConfigurationError && error.problems.every((line) => line.startsWith(`${name} must `)))
      return false
    throw error
  }
}

test.each([
  ['PORT', 0, 65_535],
  ['ADMIN_PORT', 0, 65_535],
  ['DATABASE_POOL_MAX', 1, 1000],
  ['RATE_LIMIT_API', 0, 1_000_000],
  ['RATE_LIMIT_AUTH', 1, 1_000_000],
  ['SHUTDOWN_DELAY_MS', 0, 600_000],
  ['SLOW_REQUEST_MS', 1, 600_000],
  ['CHANGES_KEPT_DAYS', 1, 36_500],
  ['WORKERS', 1, 64],
])('%s is a whole number from %i to %i', (name, min, max) => {
  const values = [min - 1, min, max, max + 1].map(String)
  expect(values.map((value) => isAllowed(name, value))).toEqual([false, true, true, false])
  for (const value of [`${min + 1}.5`, `${min + 1}x`, '1e1', '+5', '0x10'])
    expect(isAllowed(name, value), value).toBe(false)
})

test.each([
  ['10.0.0.1', true],
  ['10.0.0.0/32', true],
  ['10.0.0.0/33', false],
  ['fd00::/128', true],
  ['fd00::/129', false],
  ['10.0.0.0/8/8', false],
  ['10.0.0.0/', false],
  ['10.0.0.0/-1', false],
  ['10.0.0.1,proxy', false],
  [',', false],
])('TRUST_PROXY may be %s: %s', (value, allowed) => {
  expect(isAllowed('TRUST_PROXY', value)).toBe(allowed)
})

test.each([
  ['https://a.example', true],
  ['http://localhost:3000', true],
  ['https://a.example/', false],
  ['https://a.example?x', false],
  ['https://u:p@a.example', false],
  ['ftp://a.example', false],
  ['null', false],
])('CORS_ORIGINS may be %s: %s', (value, allowed) => {
  expect(isAllowed('CORS_ORIGINS', value)).toBe(allowed)
})

test.each([
  ['tasks@example.com', true],
  ['Tasks of ours <tasks@example.com>', true],
  ['tasks', false],
  ['a@b@c', false],
  ['Tasks <tasks@example.com', false],
  ['Tasks <tasks@example.com> and more', false],
  ['a@b.example\nBcc: c@d.example', false],
])('MAIL_FROM may be %j: %s', (value, allowed) => {
  expect(isAllowed('MAIL_FROM', value)).toBe(allowed)
})

test('a secret of 32 characters is long enough', () => {
  const secret = 'q8Zr2vT6xK1mN4pW7sB0dF3gH5jL9cYe'
  expect([isAllowed('BETTER_AUTH_SECRET', secret), isAllowed('BETTER_AUTH_SECRET', secret.slice(1))]).toEqual([
    true,
    false,
  ])
})

test.each(['WEBHOOK_ALLOW_PRIVATE', 'AUTH_ALLOW_NON_EXPIRING', 'OAUTH_CLIENT_DOCUMENTS'] as const)(
  '%s is what was written, and nothing but true or false',
  (name) => {
    expect([envFrom({ [name]: 'true' })[name], envFrom({ [name]: 'false' })[name]]).toEqual([true, false])
    for (const value of ['1', 'TRUE', 'yes']) expect(isAllowed(name, value)).toBe(false)
  },
)
