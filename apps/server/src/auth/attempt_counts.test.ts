import { expect, onTestFinished, test, vi } from 'vitest'
import { attemptCounts } from './attempt_counts.ts'

test('an address gets three mails of a kind in a quarter of an hour, whatever sign-ins are allowed', () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const count = attemptCounts({ RATE_LIMIT_AUTH: 100 })
  const mail = () => count('account-mail', 'ann@example.com').allowed
  expect([mail(), mail(), mail(), mail()]).toEqual([true, true, true, false])
  expect(count('account-mail', 'bob@example.com').allowed).toBe(true)
  expect(count('sign-in', 'ann@example.com')).toMatchObject({ allowed: true, limit: 100 })
  vi.advanceTimersByTime(15 * 60_000 - 1)
  expect(mail()).toBe(false)
  vi.advanceTimersByTime(1)
  expect(mail()).toBe(true)
})
