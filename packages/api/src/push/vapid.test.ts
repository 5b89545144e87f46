import { createECDH } from 'node:crypto'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { pushAuthorization } from './vapid.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

const HOUR_MS = 3_600_000
const ORIGIN = 'https://push.example'

/** Some key pair, in which no number is short. */
const pair = createECDH('prime256v1')
pair.setPrivateKey(Buffer.alloc(32, 7))
const keys = {
  public_key: pair.getPublicKey().toString('base64url'),
  private_key: pair.getPrivateKey().toString('base64url'),
}

const expiryOf = (header: string) => (decodeJwt(/t=([\w.-]+)/.exec(header)?.[1] ?? '').exp ?? 0) * 1000

test.each([13, -13])('a signature that the clock has left behind by %d hours is not used any more', async (hours) => {
  const authorization = pushAuthorization(keys, 'mailto:ops@example.com')
  await authorization(ORIGIN)
  vi.setSystemTime(Date.now() + hours * HOUR_MS)
  const ahead = expiryOf(await authorization(ORIGIN)) - Date.now()
  expect(ahead).toBeGreaterThan(11 * HOUR_MS)
  expect(ahead).toBeLessThan(24 * HOUR_MS)
})

test('a signature is used for an hour, by its origin', async () => {
  const authorization = pushAuthorization(keys, 'mailto:ops@example.com')
  const header = await authorization(ORIGIN)
  vi.setSystemTime(Date.now() + HOUR_MS - 1000)
  expect(await authorization(ORIGIN)).toBe(header)
  expect(await authorization('https://other.example')).not.toBe(header)
})

test('a signature names the origin and the contact, and is valid for twelve hours', async () => {
  const header = await pushAuthorization(keys, 'mailto:ops@example.com')(ORIGIN)
  const token = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(header)
  expect(token?.[2]).toBe(keys.public_key)
  const now = Math.floor(Date.now() / 1000)
  expect(decodeJwt(token?.[1] ?? '')).toEqual({ aud: ORIGIN, sub: 'mailto:ops@example.com', exp: now + 12 * 3600 })
})

test('however many origins users choose, few are remembered', async () => {
  const authorization = pushAuthorization(keys, 'mailto:ops@example.com', 2)
  const header = await authorization(ORIGIN)
  await authorization('https://second.example')
  expect(await authorization(ORIGIN)).toBe(header)
  await authorization('https://third.example')
  expect(await authorization(ORIGIN)).not.toBe(header)
})
