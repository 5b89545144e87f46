import { createHash } from 'node:crypto'
import type { Principal } from '@taskwire/api'
import { expect, test } from 'vitest'
import { principalCache } from './principal_cache.ts'

function fixture() {
  const state = { now: 1_000_000, reads: 0, isFailing: false }
  const cache = principalCache(
    async () => {
      state.reads++
      if (state.isFailing) throw new Error('the database is down')
      return 'api_key_invalid'
    },
    () => state.now,
  )
  return { state, cache }
}

test('a secret is read once in 2 s, whatever the result', async () => {
  const { state, cache } = fixture()
  expect(await Promise.all([cache.lookup('a'), cache.lookup('a')])).toEqual(['api_key_invalid', 'api_key_invalid'])
  state.now += 1999
  await cache.lookup('a')
  expect(state.reads).toBe(1)
  state.now += 1
  await cache.lookup('a')
  expect(state.reads).toBe(2)
})

test('after a change in this process everything is read again', async () => {
  const { state, cache } = fixture()
  await cache.lookup('a')
  cache.clear()
  await cache.lookup('a')
  expect(state.reads).toBe(2)
})

test('a read that fails is not kept', async () => {
  const { state, cache } = fixture()
  state.isFailing = true
  await expect(cache.lookup('a')).rejects.toThrow('down')
  state.isFailing = false
  await expect(cache.lookup('a')).resolves.toBe('api_key_invalid')
})

test('guessed secrets cannot fill the memory: at most 10,000 are kept', async () => {
  const { state, cache } = fixture()
  await cache.lookup('first')
  for (let guess = 0; guess < 10_000; guess++) await cache.lookup(`guess-${guess}`)
  await cache.lookup('first')
  expect(state.reads).toBe(10_002)
})

const principal: Principal = {
  user_id: 'ann',
  kind: 'api_key',
  scope: 'read',
  actor: null,
  email: null,
  name: null,
  expires_at: null,
}

test('a principal is valid until a look that is 2 s later says otherwise', async () => {
  const state = { now: 0, isRevoked: false, hashes: new Set<string>() }
  const cache = principalCache(
    async (hash) => {
      state.hashes.add(hash)
      return state.isRevoked ? 'api_key_invalid' : principal
    },
    () => state.now,
  )
  const found = await cache.lookup('secret')
  if (typeof found === 'string') throw new Error(found)
  expect(found).toMatchObject(principal)
  state.isRevoked = true
  state.now = 1999
  expect(await found.isStillValid?.()).toBe(true)
  state.now = 2000
  expect(await found.isStillValid?.()).toBe(false)
  expect([...state.hashes]).toEqual([createHash('sha256').update('secret').digest('base64url')])
})

test('a read that began before a change is not found after it', async () => {
  const reads = [1, 2].map(() => Promise.withResolvers<'api_key_invalid' | 'api_key_expired'>())
  let begun = 0
  const cache = principalCache(async () => reads[begun++]?.promise ?? 'token_malformed')
  const before = cache.lookup('a')
  cache.clear()
  const after = cache.lookup('a')
  reads[1]?.resolve('api_key_expired')
  reads[0]?.resolve('api_key_invalid')
  expect([await before, await after, await cache.lookup('a')]).toEqual([
    'api_key_invalid',
    'api_key_expired',
    'api_key_expired',
  ])
})
