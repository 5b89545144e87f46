import { expect, test } from 'vitest'
import type { ReminderFeed } from '../core/services.ts'
import type { ReminderEvent } from '../reminder/schema.ts'
import { withReminders } from './with_reminders.ts'

test('a stream that is aborted before it is read leaves no listener behind', async () => {
  const listeners = new Set<unknown>()
  const feed: ReminderFeed = {
    async listen(_user_id, onReminder) {
      listeners.add(onReminder)
      return () => void listeners.delete(onReminder)
    },
    notify() {},
    close() {},
  }
  async function* nothing(): AsyncGenerator<number, void> {}
  const left = new AbortController()
  const source = { feed, user_id: 'ann', ended: left.signal, abort: () => left.abort() }
  await withReminders(nothing(), source)
  expect(listeners.size).toBe(1)
  left.abort()
  expect(listeners.size).toBe(0)
  // As for a HEAD request whose client has left meanwhile.
  await withReminders(nothing(), source)
  expect(listeners.size).toBe(0)
})

test('a stream that is read too slowly loses the oldest reminders, and holds 10,000', async () => {
  let tell: (event: ReminderEvent) => void = () => {}
  const feed: ReminderFeed = {
    async listen(_user_id, onReminder) {
      tell = onReminder
      return () => {}
    },
    notify() {},
    close() {},
  }
  const left = new AbortController()
  async function* untilLeft(): AsyncGenerator<number, void> {
    await new Promise<void>((resolve) => left.signal.addEventListener('abort', () => resolve(), { once: true }))
    yield 0
  }
  const source = { feed, user_id: 'ann', ended: left.signal, abort: () => left.abort() }
  const stream = await withReminders(untilLeft(), source)
  for (let task_id = 1; task_id <= 10_003; task_id++) tell(reminderOf(task_id))
  expect((await stream.next()).value).toMatchObject({ task_id: 4 })
  await stream.return()
  expect(left.signal.aborted).toBe(true)
})

function reminderOf(task_id: number): ReminderEvent {
  const due = { due_date: null, due_time: null, due_zone: null, due_at: null }
  return { task_id, user_id: 'ann', title: 'Call', remind_at: '2026-01-01T08:00:00Z', late: false, ...due }
}
