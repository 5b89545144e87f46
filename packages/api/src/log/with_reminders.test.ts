import { expect, test } from 'vitest'
import type { ReminderFeed } from '../core/services.ts'
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
