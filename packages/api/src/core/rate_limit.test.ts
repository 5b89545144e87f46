import { expect, test } from 'vitest'
import { rateLimit } from './rate_limit.ts'

function fixture(limit: number) {
  const state = { now: 1_000_000 }
  return { state, calls: rateLimit({ limit, clock: () => state.now }) }
}

test('each window allows as many calls as the limit', () => {
  const { state, calls } = fixture(2)
  expect(calls.take('a')).toEqual({ allowed: true, limit: 2, remaining: 1, reset: 60, window: 60 })
  state.now += 20_500
  expect(calls.take('a')).toMatchObject({ allowed: true, remaining: 0, reset: 40 })
  expect(calls.take('a')).toMatchObject({ allowed: false, remaining: 0, reset: 40 })
  state.now += 39_499
  expect(calls.take('a')).toMatchObject({ allowed: false, reset: 1 })
  state.now += 1
  expect(calls.take('a')).toMatchObject({ allowed: true, remaining: 1, reset: 60 })
})

test('each key has a count of its own', () => {
  const { calls } = fixture(1)
  expect(calls.take('a').allowed).toBe(true)
  expect(calls.take('b').allowed).toBe(true)
  expect(calls.take('a').allowed).toBe(false)
})

test('rejected calls do not extend the wait', () => {
  const { state, calls } = fixture(1)
  calls.take('a')
  for (let second = 0; second < 60; second++) {
    expect(calls.take('a').allowed).toBe(false)
    state.now += 1000
  }
  expect(calls.take('a').allowed).toBe(true)
})

test('however many keys share a window, at most the latest 100,000 are counted', () => {
  const { state, calls } = fixture(1)
  for (let number = 0; number <= 100_000; number++) calls.take(`flood-${number}`)
  expect(calls.take('flood-0').allowed).toBe(true)
  expect(calls.take('flood-60000').allowed).toBe(false)
  expect(calls.take('flood-100000').allowed).toBe(false)
  state.now += 60_000
  expect(calls.take('flood-100000').allowed).toBe(true)
})

test('a key whose window began anew is among the latest, however early it came first', () => {
  const { state, calls } = fixture(1)
  calls.take('a')
  for (let number = 1; number < 60_000; number++) calls.take(`early-${number}`)
  state.now += 60_000
  expect(calls.take('a').allowed).toBe(true)
  for (let number = 0; number <= 40_000; number++) calls.take(`late-${number}`)
  expect(calls.take('a').allowed).toBe(false)
  expect(calls.take('early-59999').allowed).toBe(true)
})
