import { errors, exportJWK, generateKeyPair, type JWK } from 'jose'
import { expect, test } from 'vitest'
import { keySet } from './key_set.ts'

const header = (kid: string) => ({ alg: 'EdDSA', kid })
const jws = { payload: '', signature: '' }

async function key(kid: string): Promise<JWK> {
  const { publicKey } = await generateKeyPair('EdDSA')
  return { ...(await exportJWK(publicKey)), kid, alg: 'EdDSA' }
}

/** A key set whose keys and clock a test controls. */
function fixture(
  keys: JWK[],
  options: {
    cooldownMs?: number
    staleAgeMs?: number
    expiryAgeMs?: number
    onFailure?: (error: unknown) => void
  } = {},
) {
  const state = { keys, now: 0, loads: 0, failing: false, gate: Promise.resolve() }
  const find = keySet({
    maxAgeMs: 1000,
    cooldownMs: 100,
    clock: () => state.now,
    async load() {
      state.loads++
      const found = [...state.keys]
      const { failing } = state
      await state.gate
      if (failing) throw new Error('unreachable')
      return { keys: found }
    },
    ...options,
  })
  return { state, find: (kid: string) => Promise.resolve(find(header(kid), jws)) }
}

test('a known key is loaded once', async () => {
  const { state, find } = fixture([await key('a')])
  await Promise.all(Array.from({ length: 20 }, () => find('a')))
  await find('a')
  expect(state.loads).toBe(1)
})

test('concurrent lookups of unknown keys cost one load per cool-down', async () => {
  const { state, find } = fixture([await key('a')])
  await find('a')
  const asked = Array.from({ length: 50 }, (_, number) => find(`unknown-${number}`))
  for (const outcome of await Promise.allSettled(asked)) expect(outcome).toMatchObject({ status: 'rejected' })
  await expect(find('unknown')).rejects.toThrow(errors.JWKSNoMatchingKey)
  expect(state.loads).toBe(2)
  state.now += 100
  await expect(find('unknown')).rejects.toThrow(errors.JWKSNoMatchingKey)
  expect(state.loads).toBe(3)
})

test('a new key is found at once, even right after the last load', async () => {
  const { state, find } = fixture([await key('a')])
  await find('a')
  state.keys.push(await key('b'))
  await expect(find('b')).resolves.toBeDefined()
  state.keys.push(await key('c'))
  await expect(find('c')).resolves.toBeDefined()
  expect(state.loads).toBe(3)
})

test('without a cool-down, a load that started before a lookup does not reject it', async () => {
  const { state, find } = fixture([await key('a')], { cooldownMs: 0 })
  await find('a')
  const gate = Promise.withResolvers<void>()
  state.gate = gate.promise
  const early = expect(find('b')).rejects.toThrow(errors.JWKSNoMatchingKey)
  state.keys.push(await key('b'))
  const late = find('b')
  gate.resolve()
  await early
  await expect(late).resolves.toBeDefined()
})

test('known keys remain valid while loads hang or fail, and are reloaded once loads succeed', async () => {
  const { state, find } = fixture([await key('a')])
  await find('a')
  const gate = Promise.withResolvers<void>()
  Object.assign(state, { now: 5000, failing: true, gate: gate.promise })
  await expect(find('a')).resolves.toBeDefined()
  await expect(find('a')).resolves.toBeDefined()
  expect(state.loads).toBe(2)
  gate.resolve()
  await expect(find('b')).rejects.toThrow('unreachable')
  Object.assign(state, { now: 6000, failing: false, keys: [] })
  await expect(find('a')).resolves.toBeDefined()
  await expect(find('b')).rejects.toThrow(errors.JWKSNoMatchingKey)
  await expect(find('a')).rejects.toThrow(errors.JWKSNoMatchingKey)
})

test('a failed first load is not retried before the cool-down is over', async () => {
  const { state, find } = fixture([await key('a')])
  state.failing = true
  await expect(find('a')).rejects.toThrow('unreachable')
  await expect(find('a')).rejects.toThrow('unreachable')
  expect(state.loads).toBe(1)
  Object.assign(state, { now: 100, failing: false })
  await expect(find('a')).resolves.toBeDefined()
})

test('a stale key waits for a load: without traffic, a withdrawn key is refused at its next use', async () => {
  const { state, find } = fixture([await key('a')], { staleAgeMs: 2000 })
  await find('a')
  Object.assign(state, { now: 6 * 3_600_000, keys: [] })
  await expect(find('a')).rejects.toThrow(errors.JWKSNoMatchingKey)
})

test('while loads fail, a stale key is in use until it expires', async () => {
  const { state, find } = fixture([await key('a')], { staleAgeMs: 2000, expiryAgeMs: 10_000 })
  await find('a')
  Object.assign(state, { now: 5000, failing: true })
  await expect(find('a')).resolves.toBeDefined()
  await expect(find('a')).resolves.toBeDefined()
  expect(state.loads).toBe(2)
  state.now = 10_000
  await expect(find('a')).rejects.toThrow('unreachable')
  await expect(find('a')).rejects.toThrow('unreachable')
  expect(state.loads).toBe(3)
  Object.assign(state, { now: 10_100, failing: false })
  await expect(find('a')).resolves.toBeDefined()
})

test('a load that fails in the background, or for a stale key, is reported', async () => {
  const failures: unknown[] = []
  const onFailure = (error: unknown) => void failures.push(Reflect.get(Object(error), 'message'))
  const { state, find } = fixture([await key('a')], { staleAgeMs: 2000, expiryAgeMs: 10_000, onFailure })
  await find('a')
  Object.assign(state, { now: 1500, failing: true })
  await expect(find('a')).resolves.toBeDefined()
  await expect.poll(() => failures).toEqual(['unreachable'])
  state.now = 5000
  await expect(find('a')).resolves.toBeDefined()
  expect(failures).toEqual(['unreachable', 'unreachable'])
})

test('after a load that succeeded, an unknown key is unknown and not the failure of before', async () => {
  const { state, find } = fixture([await key('a')])
  state.failing = true
  await expect(find('b')).rejects.toThrow('unreachable')
  Object.assign(state, { now: 100, failing: false })
  await expect(find('b')).rejects.toThrow(errors.JWKSNoMatchingKey)
  await expect(find('b')).rejects.toThrow(errors.JWKSNoMatchingKey)
  expect(state.loads).toBe(2)
})

test('keys are young until their age: they are loaded again at it, and not before', async () => {
  const { state, find } = fixture([await key('a')])
  await find('a')
  state.now = 999
  await find('a')
  expect(state.loads).toBe(1)
  state.now = 1000
  await find('a')
  expect(state.loads).toBe(2)
})

test('keys are as old as the beginning of their load, however long it took', async () => {
  const { state, find } = fixture([await key('a')], { staleAgeMs: 2000 })
  const gate = Promise.withResolvers<void>()
  state.gate = gate.promise
  const first = find('a')
  Object.assign(state, { now: 1999, keys: [] })
  gate.resolve()
  await first
  state.now = 2000
  await expect(find('a')).rejects.toThrow(errors.JWKSNoMatchingKey)
})
