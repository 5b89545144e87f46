import { Webhook as Verifier } from 'standardwebhooks'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { signedRequest, type WebhookEvent } from './event.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }))
afterEach(() => void vi.useRealTimers())

const NOW = new Date('2027-03-10T09:00:00.999Z')
const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
const former_secret = `whsec_${Buffer.alloc(32, 2).toString('base64')}`
const event: WebhookEvent = {
  key: '7',
  seq: 7,
  type: 'task.created',
  timestamp: '2027-03-10T08:59:59.000Z',
  data: { title: 'Käse' },
}
const signing = { user_id: 'ann', secret, former_secret: null, former_secret_until: null }

function verifies(by: string, { body, headers }: ReturnType<typeof signedRequest>): boolean {
  try {
    new Verifier(by).verify(body, headers)
    return true
  } catch {
    return false
  }
}

test('a request says what happened, with an id of its own, and the second at which it was signed', () => {
  const { body, headers } = signedRequest(event, signing, NOW)
  expect(JSON.parse(body)).toEqual({ type: 'task.created', timestamp: event.timestamp, data: event.data })
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'user-agent': 'Taskwire',
    'webhook-id': 'ann:7',
    'webhook-timestamp': '1804669200',
  })
})

test('a repeat has the same id and body, and a later time', () => {
  const [first, later] = [NOW, new Date(NOW.getTime() + 60_000)].map((at) => signedRequest(event, signing, at))
  expect(later?.body).toBe(first?.body)
  expect(later?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
  expect(later?.headers['webhook-timestamp']).toBe('1804669260')
})

test.each([
  ['until its time', 1, true],
  ['and from then on not', 0, false],
])('a former secret signs too %s', (_, ms, signs) => {
  const former_secret_until = new Date(NOW.getTime() + ms)
  const request = signedRequest(event, { ...signing, former_secret, former_secret_until }, NOW)
  expect([verifies(secret, request), verifies(former_secret, request)]).toEqual([true, signs])
})

test('a former secret without an end does not sign', () => {
  const request = signedRequest(event, { ...signing, former_secret }, NOW)
  expect(verifies(former_secret, request)).toBe(false)
})

test.each([
  ['änn', '%C3%A4nn:7'],
  ['ann smith', 'ann%20smith:7'],
  ['a\r\nb', 'a%0D%0Ab:7'],
  ['😀', '%F0%9F%98%80:7'],
  ['ann@example.com', 'ann@example.com:7'],
])('the id of an event of %j is the header %s', (user_id, id) => {
  expect(signedRequest(event, { ...signing, user_id }, NOW).headers['webhook-id']).toBe(id)
})
