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

/** A feed whose looks end when the test says so, or fail. */
function slowFeed() {
  const looks: PromiseWithResolvers<readonly ReminderEvent[]>[] = []
  const logged: string[] = []
  const sql: Services['sql'] = async <Row>() => {
    const look = Promise.withResolvers<readonly ReminderEvent[]>()
    looks.push(look)
    return (await look.promise).map((event) => ({ event })) as Row[]
  }
  const note = (_: object, message: string) => void logged.push(message)
  return { looks, logged, feed: reminderFeed({ sql, log: { warn: note, error: note } }) }
}

test('without a time of its own a feed looks once a second', async () => {
  const { looks, feed } = slowFeed()
  const listening = feed.listen('ann', () => {})
  looks[0]?.resolve([])
  await listening
  await vi.advanceTimersByTimeAsync(999)
  expect(looks).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(looks).toHaveLength(2)
  feed.close()
})

test('reminders that fire are looked for at once, and those that fire during a look right after it', async () => {
  const { looks, feed } = slowFeed()
  const listening = feed.listen('ann', () => {})
  looks[0]?.resolve([])
  await listening
  feed.notify()
  await vi.advanceTimersByTimeAsync(0)
  expect(looks).toHaveLength(2)
  feed.notify()
  await vi.advanceTimersByTimeAsync(10 * POLL_MS)
  // One look at a time.
  expect(looks).toHaveLength(2)
  looks[1]?.resolve([])
  await vi.advanceTimersByTimeAsync(0)
  expect(looks).toHaveLength(3)
  looks[2]?.resolve([])
  await vi.advanceTimersByTimeAsync(POLL_MS - 1)
  expect(looks).toHaveLength(3)
  feed.close()
})

test('users who begin to listen do not delay the look for those who listen already', async () => {
  const found: ReminderEvent[] = []
  const { feed } = feedOf(found)
  const told: ReminderEvent[] = []
  await feed.listen('ann', (event) => void told.push(event))
  found.push(reminderOf('ann'))
  const toldAfter: number[] = []
  for (let joined = 1; joined <= 11; joined++) {
    await vi.advanceTimersByTimeAsync(900)
    await feed.listen(`user ${joined}`, () => {})
    toldAfter.push(told.length)
  }
  expect(toldAfter).toEqual([0, ...Array.from({ length: 10 }, () => 1)])
  feed.close()
})

test('a reminder that fires is looked for at once, also if a user begins to listen at that moment', async () => {
  const { asked, feed } = feedOf([])
  await feed.listen('ann', () => {})
  feed.notify()
  await feed.listen('bob', () => {})
  asked.length = 0
  await vi.advanceTimersByTimeAsync(1)
  expect(asked).toEqual([['ann', 'bob']])
  feed.close()
})

test('without listeners the news of a reminder costs nothing', async () => {
  const { looks, feed } = slowFeed()
  feed.notify()
  await vi.advanceTimersByTimeAsync(POLL_MS)
  expect([looks.length, vi.getTimerCount()]).toEqual([0, 0])
})

test('a feed that is closed during a look does not look again', async () => {
  const { looks, feed } = slowFeed()
  const listening = feed.listen('ann', () => {})
  looks[0]?.resolve([])
  await listening
  await vi.advanceTimersByTimeAsync(POLL_MS)
  feed.close()
  looks[1]?.resolve([])
  await vi.advanceTimersByTimeAsync(10 * POLL_MS)
  feed.notify()
  expect([looks.length, vi.getTimerCount()]).toEqual([2, 0])
})

test('who cannot begin to listen is no listener, and may try again', async () => {
  const { looks, feed } = slowFeed()
  const refused = feed.listen('ann', () => {})
  looks[0]?.reject(new Error('the database does not answer'))
  await expect(refused).rejects.toThrow('does not answer')
  const told: ReminderEvent[] = []
  const listening = feed.listen('ann', (event) => void told.push(event))
  looks[1]?.resolve([])
  await listening
  await vi.advanceTimersByTimeAsync(POLL_MS)
  looks[2]?.resolve([reminderOf('ann')])
  await vi.advanceTimersByTimeAsync(0)
  expect(told).toHaveLength(1)
  feed.close()
})

test('what had fired before somebody listens is not told, also if a look finds it earlier', async () => {
  const { looks, feed } = slowFeed()
  const told: ReminderEvent[] = []
  const listening = feed.listen('ann', (event) => void told.push(event))
  await vi.advanceTimersByTimeAsync(POLL_MS)
  looks[1]?.resolve([reminderOf('ann')])
  await vi.advanceTimersByTimeAsync(0)
  looks[0]?.resolve([reminderOf('ann')])
  await listening
  await vi.advanceTimersByTimeAsync(POLL_MS)
  looks[2]?.resolve([reminderOf('ann')])
  await vi.advanceTimersByTimeAsync(0)
  expect(told).toEqual([])
  feed.close()
})

test('each listener of a user is told, and nobody who has left, nor another user', async () => {
  const found: ReminderEvent[] = []
  const { feed } = feedOf(found)
  const told: string[] = []
  const leave = await feed.listen('ann', () => void told.push('first'))
  await feed.listen('ann', () => void told.push('second'))
  await feed.listen('ann', () => void told.push('third'))
  await feed.listen('bob', () => void told.push('bob'))
  leave()
  leave()
  found.push(reminderOf('ann'))
  await vi.advanceTimersByTimeAsync(POLL_MS)
  expect(told).toEqual(['second', 'third'])
  feed.close()
})

test('whoever leaves twice does not end the listening of those who came since', async () => {
  const found: ReminderEvent[] = []
  const { feed } = feedOf(found)
  const leave = await feed.listen('ann', () => {})
  leave()
  const told: ReminderEvent[] = []
  await feed.listen('ann', (event) => void told.push(event))
  leave()
  found.push(reminderOf('ann'))
  await vi.advanceTimersByTimeAsync(POLL_MS)
  expect(told).toHaveLength(1)
  feed.close()
})

test('a database that does not answer is logged once, until it has answered', async () => {
  const { looks, logged, feed } = slowFeed()
  const listening = feed.listen('ann', () => {})
  looks[0]?.resolve([])
  await listening
  for (const [fails, messages] of [
    [true, 1],
    [true, 1],
    [false, 1],
    [true, 2],
  ] as const) {
    await vi.advanceTimersByTimeAsync(POLL_MS)
    const look = looks.at(-1)
    if (fails) look?.reject(new Error('the database does not answer'))
    else look?.resolve([])
    await vi.advanceTimersByTimeAsync(0)
    expect(logged).toHaveLength(messages)
  }
  feed.close()
})
