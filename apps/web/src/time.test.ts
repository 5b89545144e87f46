import { expect, onTestFinished, test, vi } from 'vitest'
import { relativeTime } from './time.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How the machine's language says it. */
function ago(count: number, unit: Intl.RelativeTimeFormatUnit): string {
  return new Intl.RelativeTimeFormat(undefined, { numeric: 'always', style: 'narrow' }).format(-count, unit)
}

test('the time since something is said in whole units that have passed, and after six days as its date', () => {
  vi.useFakeTimers({ now: new Date('2026-06-15T12:00:00Z') })
  onTestFinished(() => void vi.useRealTimers())
  const before = (ms: number) => relativeTime(new Date(Date.now() - ms).toISOString())
  expect(before(MINUTE - 1)).toBe('now')
  expect(before(MINUTE)).toBe(ago(1, 'minute'))
  expect(before(2 * MINUTE - 1)).toBe(ago(1, 'minute'))
  expect(before(1.5 * HOUR)).toBe(ago(1, 'hour'))
  expect(before(DAY - 1)).toBe(ago(23, 'hour'))
  expect(before(6 * DAY)).toBe(ago(6, 'day'))
  expect(before(6 * DAY + 1000)).toContain('9')
  expect(before(200 * DAY)).toContain('2025')
})
