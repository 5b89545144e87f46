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

/** A feed that tells what a test says, and whether anybody listens. */
function feedByHand() {
  let listener: ((event: ReminderEvent) => void) | undefined
  const state = { tell: (event: ReminderEvent) => listener?.(event), left: 0 }
  const feed: ReminderFeed = {
    async listen(_user_id, onReminder) {
      listener = onReminder
      return () => void state.left++
    },
    notify() {},
    close() {},
  }
  const left = new AbortController()
  return { state, left, source: { feed, user_id: 'ann', ended: left.signal, abort: () => left.abort() } }
}

/** A stream of what a test gives it, one after the other. */
function streamByHand() {
  const waiting: PromiseWithResolvers<number | undefined>[] = []
  async function* stream(): AsyncGenerator<number, void> {
    for (;;) {
      const next = Promise.withResolvers<number | undefined>()
      waiting.push(next)
      const value = await next.promise
      if (value === undefined) return
      yield value
    }
  }
  return { waiting, stream: stream() }
}

test('changes and reminders come as they happen, each once', async () => {
  const { state, source } = feedByHand()
  const { waiting, stream } = streamByHand()
  const merged = await withReminders(stream, source)
  const first = merged.next()
  await expect.poll(() => waiting.length).toBe(1)
  state.tell(reminderOf(1))
  expect((await first).value).toMatchObject({ task_id: 1 })
  const second = merged.next()
  waiting[0]?.resolve(7)
  expect((await second).value).toBe(7)
  state.tell(reminderOf(2))
  state.tell(reminderOf(3))
  expect((await merged.next()).value).toMatchObject({ task_id: 2 })
  expect((await merged.next()).value).toMatchObject({ task_id: 3 })
  waiting[1]?.resolve(8)
  expect((await merged.next()).value).toBe(8)
  const last = merged.next()
  await expect.poll(() => waiting.length).toBe(3)
  waiting[2]?.resolve(undefined)
  expect(await last).toEqual({ done: true, value: undefined })
})

test.each(['ends', 'fails', 'is left'] as const)(
  'a stream that %s leaves no listener, and ends the other one',
  async (how) => {
    const { state, source, left } = feedByHand()
    const { waiting, stream } = streamByHand()
    const merged = await withReminders(stream, source)
    const reading = merged.next().catch(String)
    await expect.poll(() => waiting.length).toBe(1)
    if (how === 'ends') waiting[0]?.resolve(undefined)
    if (how === 'fails') waiting[0]?.reject(new Error('lost'))
    if (how === 'is left') state.tell(reminderOf(1))
    const outcome = await reading
    if (how === 'fails') expect(outcome).toBe('Error: lost')
    if (how === 'is left') await merged.return()
    expect(left.signal.aborted).toBe(true)
    expect(state.left).toBeGreaterThan(0)
  },
)

test('where listening cannot begin the stream ends', async () => {
  const { source, left } = feedByHand()
  const feed = { ...source.feed, listen: () => Promise.reject(new Error('the database does not answer')) }
  await expect(withReminders(streamByHand().stream, { ...source, feed })).rejects.toThrow('does not answer')
  expect(left.signal.aborted).toBe(true)
})

function reminderOf(task_id: number): ReminderEvent {
  const due = { due_date: null, due_time: null, due_zone: null, due_at: null }
  return { task_id, user_id: 'ann', title: 'Call', remind_at: '2026-01-01T08:00:00Z', late: false, ...due }
}
