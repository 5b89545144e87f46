import { createECDH } from 'node:crypto'
import { expect, test } from 'vitest'
import { decryptedPush } from '../../testing/decrypted_push.ts'
import type { Outcome, Post } from '../webhook/post.ts'
import type { ReminderPush } from './queue.ts'
import { sendPush, type PushOutcome } from './send.ts'

const privateKey = createECDH('prime256v1')
const p256dh = privateKey.generateKeys().toString('base64url')
const auth = Buffer.alloc(16, 7).toString('base64url')
const REMIND_AT = '2027-03-10T09:00:00.000Z'
const NOW = Date.parse(REMIND_AT) + 3_600_000

const due = { due_date: '2027-03-10', due_time: '09:00', due_zone: null, due_at: null }
const event = { task_id: 7, user_id: 'ann', title: 'Call Bob', remind_at: REMIND_AT, late: false, ...due }
const keys = { p256dh, auth }
const push: ReminderPush = {
  subscription_id: 1,
  endpoint: 'https://push.example/secret-name',
  language: 'en',
  shows_title: true,
  attempts: 0,
  event,
  ...keys,
}

/** Sends a push to a service that answers so. Returns the outcome, and what was sent. */
async function sent(options: { answer?: Outcome; push?: Partial<ReminderPush>; now?: number; signal?: AbortSignal }) {
  const posts: Post[] = []
  const signals: AbortSignal[] = []
  const poster = {
    post: async (post: Post, signal: AbortSignal) => {
      posts.push(post)
      signals.push(signal)
      return options.answer ?? { status: 201 }
    },
    close() {},
  }
  const authorization = async (origin: string) => `vapid for ${origin}`
  const sending = { poster, authorization, allowPrivate: false, now: () => new Date(options.now ?? NOW) }
  const signal = options.signal ?? new AbortController().signal
  const outcome = await sendPush(sending, { ...push, ...options.push }, signal)
  return { outcome, posts, signals }
}

const outcomes: [Outcome, PushOutcome][] = [
  [{ status: 200 }, { kind: 'sent' }],
  [{ status: 299 }, { kind: 'sent' }],
  [{ status: 300 }, { kind: 'refused', status: 300 }],
  [{ status: 404 }, { kind: 'gone' }],
  [{ status: 410 }, { kind: 'gone' }],
  [{ status: 400 }, { kind: 'refused', status: 400 }],
  [{ status: 413 }, { kind: 'refused', status: 413 }],
  [{ status: 429 }, { kind: 'failed', wait: null }],
  [{ status: 499 }, { kind: 'refused', status: 499 }],
  [{ status: 500 }, { kind: 'failed', wait: null }],
  [
    { status: 503, retryAfter: '120' },
    { kind: 'failed', wait: 120 },
  ],
  [{ error: 'The connection was refused' }, { kind: 'failed', wait: null }],
]

test.each(outcomes)('a push service that answers %j ends the attempt as %j', async (answer, outcome) => {
  expect((await sent({ answer })).outcome).toEqual(outcome)
})

const DAY_S = 86_400
test.each([
  ['0', 1],
  ['120', 120],
  ['86400', DAY_S],
  ['86401', DAY_S],
  ['999999999', DAY_S],
  [new Date(NOW + 90_500).toUTCString(), 90],
  [new Date(NOW - 60_000).toUTCString(), 1],
  [new Date(NOW + 30 * DAY_S * 1000).toUTCString(), DAY_S],
  ['soon', null],
  ['', null],
])('Retry-After: %s is a wait of %d s', async (retryAfter, wait) => {
  expect((await sent({ answer: { status: 429, retryAfter } })).outcome).toEqual({ kind: 'failed', wait })
})

test('a time to wait for is reached, not nearly: parts of a second count as a whole one', async () => {
  const retryAfter = new Date(NOW + 90_000).toUTCString()
  const { outcome } = await sent({ answer: { status: 429, retryAfter }, now: NOW + 999 })
  expect(outcome).toEqual({ kind: 'failed', wait: 90 })
})

test.each([
  ['at its time', 0, '86400'],
  ['an hour later', 3600, '82800'],
  ['a second before the day is over', DAY_S - 1, '1'],
  ['after the day', DAY_S + 10, '0'],
])('a push that is sent %s is kept for the rest of a day', async (_, seconds, ttl) => {
  const { posts } = await sent({ now: Date.parse(REMIND_AT) + seconds * 1000 })
  expect(posts[0]?.headers['ttl']).toBe(ttl)
})

test('a push is an encrypted body at once, signed for the origin of the service', async () => {
  const { posts } = await sent({})
  expect(posts).toHaveLength(1)
  expect(posts[0]).toMatchObject({
    url: push.endpoint,
    headers: {
      authorization: 'vapid for https://push.example',
      'content-type': 'application/octet-stream',
      'content-encoding': 'aes128gcm',
      urgency: 'high',
    },
  })
})

test('the same reminder has one topic, and another task or time another one', async () => {
  const topics: (string | undefined)[] = []
  for (const other of [{}, { title: 'Renamed' }, { task_id: 8 }, { remind_at: '2027-03-10T09:00:01.000Z' }]) {
    topics.push((await sent({ push: { event: { ...event, ...other } } })).posts[0]?.headers['topic'])
  }
  expect(topics[0]).toMatch(/^[\w-]{32}$/)
  expect(topics[1]).toBe(topics[0])
  expect(new Set(topics).size).toBe(3)
})

test.each([
  [true, { task_id: 7, remind_at: REMIND_AT, language: 'de', title: 'Call Bob', due_time: '09:00' }],
  [false, { task_id: 7, remind_at: REMIND_AT, language: 'de' }],
])('a browser that shows titles (%j) is told so much', async (shows_title, told) => {
  const { posts } = await sent({ push: { shows_title, language: 'de' } })
  expect(JSON.parse(decryptedPush(posts[0]?.body as Buffer, { privateKey, auth }))).toEqual(told)
})

test.each(['http://push.example/x', 'https://10.0.0.1/x', 'https://localhost/x'])(
  'nothing is sent to %s, which may have been stored under other rules',
  async (endpoint) => {
    const { outcome, posts } = await sent({ push: { endpoint } })
    expect([outcome, posts]).toEqual([{ kind: 'refused', status: null }, []])
  },
)

test('an attempt is interrupted by the signal', async () => {
  const { signal } = new AbortController()
  expect((await sent({ signal })).signals).toEqual([signal])
})
