import { expect, test } from 'vitest'
import { attempt, isOn, isOver, type Session } from './attempt.ts'
import type { WebhookEvent } from './event.ts'
import type { LeasedWebhook } from './lease.ts'
import type { Outcome, Post } from './post.ts'

const NOW = new Date('2027-03-10T09:00:00.000Z')
const event: WebhookEvent = { key: '7', seq: 7, type: 'task.created', timestamp: NOW.toISOString(), data: null }
const hook = {
  user_id: 'ann',
  id: 1,
  url: 'https://example.com/hook',
  secret: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
  former_secret: null,
  former_secret_until: null,
  enabled: true,
} as LeasedWebhook

function session(answer: Outcome | Error, more: Partial<Session> = {}) {
  const posts: Post[] = []
  const signals: AbortSignal[] = []
  const [requested, interrupted] = [new AbortController(), new AbortController()]
  const poster = {
    post: async (post: Post, signal: AbortSignal) => {
      posts.push(post)
      signals.push(signal)
      if (answer instanceof Error) throw answer
      return answer
    },
    close() {},
  }
  const stop = { requested: requested.signal, now: interrupted.signal }
  const of = { poster, now: () => NOW, hook, stop, until: Infinity, ...more } as Session
  return { of, posts, signals, requested, interrupted }
}

const inSeconds = (seconds: number) => new Date(NOW.getTime() + seconds * 1000)
const pending = (seconds: number) => ({ status: 'pending', next_attempt_at: inSeconds(seconds), disabled_reason: null })
const failed = (disabled_reason: string | null) => ({ status: 'failed', next_attempt_at: null, disabled_reason })
const delivered = { status: 'delivered', next_attempt_at: null, disabled_reason: null }

test.each([
  [200, 0, false, delivered],
  [299, 0, true, delivered],
  [300, 0, false, pending(5)],
  [199, 0, false, pending(5)],
  [404, 0, false, pending(5)],
  [503, 1, false, pending(30)],
  [503, 4, false, pending(3600)],
  [503, 76, false, pending(3600)],
  [503, 77, false, failed('failing')],
  [410, 0, false, failed('gone')],
  [503, 0, true, failed(null)],
])(
  'an answer of %d after %d failures, of an event that is sent once (%j), is %j',
  async (status, failures, once, is) => {
    const made = await attempt(session({ status }).of, event, { failures, once })
    expect(made).toEqual({ event, at: NOW, response_status: status, error: null, ...is })
  },
)

test('an attempt without a response says why', async () => {
  const made = await attempt(session({ error: 'The connection was refused' }).of, event, { failures: 0, once: false })
  expect(made).toEqual({ event, at: NOW, response_status: null, error: 'The connection was refused', ...pending(5) })
})

test('an attempt that a stop interrupts is none, and one that fails otherwise is an error', async () => {
  const { of, interrupted, signals } = session(new Error('aborted'))
  await expect(attempt(of, event, { failures: 0, once: false })).rejects.toThrow('aborted')
  interrupted.abort()
  expect(await attempt(of, event, { failures: 0, once: false })).toBeNull()
  expect(signals).toEqual([interrupted.signal, interrupted.signal])
})

test('nothing is sent once the lease is lost', async () => {
  const { of, posts } = session({ status: 200 }, { hook: null })
  expect(await attempt(of, event, { failures: 0, once: false })).toBeNull()
  expect(posts).toEqual([])
})

test('further events are sent while the webhook is enabled, its lease is held and no stop was requested', () => {
  const { of, requested } = session({ status: 200 })
  expect(isOn(of)).toBe(true)
  expect(isOn({ ...of, hook: null })).toBe(false)
  expect(isOn({ ...of, hook: { ...hook, enabled: false } })).toBe(false)
  requested.abort()
  expect(isOn(of)).toBe(false)
})

test('a turn is over from its end on', () => {
  const { of } = session({ status: 200 })
  expect(isOver({ ...of, until: performance.now() })).toBe(true)
  expect(isOver({ ...of, until: performance.now() + 60_000 })).toBe(false)
})
