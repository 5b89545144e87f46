import { expect, onTestFinished, test, vi } from 'vitest'
import { TaskwireError } from './error.ts'
import { isExpired, tokenSource } from './token.ts'

test('a call that was sent with an earlier token uses the one that was obtained since', async () => {
  let asked = 0
  const tokens = tokenSource(() => `token ${++asked}`)
  expect(await tokens.current()).toBe('token 1')
  expect(await tokens.renewed('token 1')).toBe(true)
  expect(await tokens.renewed('token 1')).toBe(true)
  expect(asked).toBe(2)
  expect(await tokens.current()).toBe('token 2')
})

test('calls that need a token at the same time ask for it once, and later ones not again', async () => {
  let asked = 0
  const { promise, resolve } = Promise.withResolvers<string>()
  const tokens = tokenSource(() => (asked++, promise))
  const both = Promise.all([tokens.current(), tokens.current()])
  resolve('token')
  expect([...(await both), await tokens.current(), asked]).toEqual(['token', 'token', 'token', 1])
})

test('calls whose token has expired at the same time ask for one new token', async () => {
  let asked = 0
  const tokens = tokenSource(async () => `token ${++asked}`)
  const expired = await tokens.current()
  expect(await Promise.all([tokens.renewed(expired), tokens.renewed(expired)])).toEqual([true, true])
  expect(asked).toBe(2)
})

test('a token is not renewed where its source has no other', async () => {
  expect(await tokenSource('key').renewed('key')).toBe(false)
  expect(await tokenSource(async () => 'same').renewed('same')).toBe(false)
})

test.each([
  [new TypeError('Failed to fetch'), 'unreachable'],
  [new TypeError('NetworkError when attempting to fetch resource.'), 'unreachable'],
  [new TypeError('Load failed'), 'unreachable'],
  [new TypeError('terminated'), 'unreachable'],
  [new DOMException('The operation timed out.', 'TimeoutError'), 'unreachable'],
  [new TypeError('user is undefined'), 'token_unavailable'],
  [new Error('Failed to fetch the user'), 'token_unavailable'],
])('a source that fails with %s is %s, and asked again by the next call', async (cause, reason) => {
  let asked = 0
  const tokens = tokenSource(() => (asked++ === 0 ? Promise.reject(cause) : 'token'))
  await expect(tokens.current()).rejects.toMatchObject({ reason, cause })
  expect(await tokens.current()).toBe('token')
})

test('a source that does not answer is given up after 10 s and asked again, and what it answers late is not used', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const requests: PromiseWithResolvers<string>[] = []
  const tokens = tokenSource(() => {
    const request = Promise.withResolvers<string>()
    requests.push(request)
    return request.promise
  })
  let failure: unknown
  const failed = Promise.all([tokens.current(), tokens.current()]).catch((error: unknown) => (failure = error))
  await vi.advanceTimersByTimeAsync(9_999)
  expect([failure, requests.length]).toEqual([undefined, 1])
  await vi.advanceTimersByTimeAsync(1)
  await failed
  expect(failure).toMatchObject({ reason: 'unreachable' })
  const next = tokens.current()
  requests[1]?.resolve('token 2')
  requests[0]?.resolve('token 1')
  expect([await next, await tokens.current(), requests.length]).toEqual(['token 2', 'token 2', 2])
  const renewed = tokens.renewed('token 2')
  requests[2]?.resolve('token 3')
  expect([await renewed, requests.length, vi.getTimerCount()]).toEqual([true, 3, 0])
})

test('a token that expired and a key that expired are renewed, others are not', () => {
  const isRenewed = (['token_expired', 'api_key_expired', 'token_malformed', 'unreachable'] as const).map((reason) =>
    isExpired(new TaskwireError(reason)),
  )
  expect(isRenewed).toEqual([true, true, false, false])
})
