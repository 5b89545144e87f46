import { createECDH } from 'node:crypto'
import { expect, test } from 'vitest'
import { decryptedPush } from '../../testing/decrypted_push.ts'
import { arePushKeys, encryptedPush, MAX_PAYLOAD_BYTES } from './encrypt.ts'

const browser = createECDH('prime256v1')
const p256dh = browser.generateKeys().toString('base64url')
const auth = Buffer.alloc(16, 7).toString('base64url')

const decrypted = (body: Buffer) => decryptedPush(body, { privateKey: browser, auth })

test.each([0, 1, 510, 511, 512, 800, MAX_PAYLOAD_BYTES - 1, MAX_PAYLOAD_BYTES])(
  'another implementation decrypts a payload of %d bytes, and its message is no longer than push services take',
  (bytes) => {
    const payload = 'é'.repeat(bytes / 2) + 'x'.repeat(bytes % 2)
    const body = encryptedPush(payload, { p256dh, auth })
    expect(decrypted(body)).toBe(payload)
    expect(body.length).toBeLessThanOrEqual(4096)
  },
)

test('texts of different lengths are messages of one length, and no two are equal', () => {
  const [one, other] = ['Call', 'Call Bob about the bread'].map((text) => encryptedPush(text, { p256dh, auth }))
  expect(one?.length).toBe(other?.length)
  expect(encryptedPush('Call', { p256dh, auth })).not.toEqual(one)
})

test('a payload that is too long is an error', () => {
  expect(() => encryptedPush('x'.repeat(MAX_PAYLOAD_BYTES + 1), { p256dh, auth })).toThrow('too long')
})

test('keys of a wrong length, or that are no point on the curve, are none', () => {
  expect(arePushKeys({ p256dh, auth })).toBe(true)
  expect(arePushKeys({ p256dh: p256dh.slice(0, 40), auth })).toBe(false)
  expect(arePushKeys({ p256dh, auth: auth.slice(0, 20) })).toBe(false)
  const off = Buffer.from(p256dh, 'base64url')
  off[64] = (off[64] ?? 0) ^ 1
  expect(arePushKeys({ p256dh: off.toString('base64url'), auth })).toBe(false)
})

test.each([
  [0, 512],
  [511, 512],
  [512, 1024],
  [MAX_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES + 1],
])('a payload of %d bytes is padded to %d', (bytes, padded) => {
  // The header and the tag are longer by that much.
  expect(encryptedPush('x'.repeat(bytes), { p256dh, auth }).length).toBe(padded + 86 + 16)
})
