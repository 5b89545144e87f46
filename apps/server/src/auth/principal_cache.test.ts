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
