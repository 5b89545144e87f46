import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Services } from '../core/services.ts'
import { reminderFeed } from './feed.ts'
import type { ReminderEvent } from './schema.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const POLL_MS = 1000
const log: Services['log'] = { warn: () => {}, error: () => {} }

function reminderOf(user_id: string): ReminderEvent {
  const due = { due_date: null, due_time: null, due_zone: null, due_at: null }
  return { task_id: 1, user_id, title: 'Call', remind_at: '2026-01-01T08:00:00Z', late: false, ...due }
}

/** A feed of a database that finds `found` at each look, and the users that each look asks for. */
function feedOf(found: readonly ReminderEvent[]) {
  const asked: unknown[] = []
  const sql: Services['sql'] = async <Row>({ values }: { readonly values: readonly unknown[] }) => {
    asked.push(values[0])
    return found.map((event) => ({ event })) as Row[]
  }
  return { asked, feed: reminderFeed({ sql, log }, { pollMs: POLL_MS }) }
}

test('the reminders of a user are looked for while somebody listens, and not any more after that', async () => {
  const { asked, feed } = feedOf([])
  const [leave] = [await feed.listen('ann', () => {}), await feed.listen('bob', () => {})]
  asked.length = 0
  await vi.advanceTimersByTimeAsync(POLL_MS)
  expect(asked).toEqual([['ann', 'bob']])
  leave()
  await vi.advanceTimersByTimeAsync(POLL_MS)
  expect(asked.at(-1)).toEqual(['bob'])
  feed.close()
  expect(vi.getTimerCount()).toBe(0)
})

test('without any listener there is no look', async () => {
  const { asked, feed } = feedOf([])
  const leave = await feed.listen('ann', () => {})
  leave()
  await vi.advanceTimersByTimeAsync(2 * POLL_MS)
  asked.length = 0
  await vi.advanceTimersByTimeAsync(10 * POLL_MS)
  expect(asked).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
  feed.close()
})

test('a reminder is told once, and is remembered for a minute only', async () => {
  const found: ReminderEvent[] = []
  const { feed } = feedOf(found)
  const told: ReminderEvent[] = []
  await feed.listen('ann', (event) => void told.push(event))
  found.push(reminderOf('ann'))
  await vi.advanceTimersByTimeAsync(50 * POLL_MS)
  expect(told).toHaveLength(1)
  // No look finds one that is so old: that it would be told again shows that it was forgotten.
  await vi.advanceTimersByTimeAsync(20 * POLL_MS)
  expect(told).toHaveLength(2)
  feed.close()
})
