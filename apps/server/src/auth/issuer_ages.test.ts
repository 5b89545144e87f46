import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import type { TrustedIssuer } from '@taskwire/api'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { externalIssuer, ownIssuer } from './issuers.ts'

// How long keys are in use, on a clock that the tests move.

let database: TestDatabase
let published: JWK
beforeAll(async () => {
  database = await testDatabase()
  published = await exportJWK((await generateKeyPair('EdDSA')).publicKey)
})
afterAll(() => database.close())
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  return () => vi.useRealTimers()
})

const pass = (ms: number) => vi.advanceTimersByTime(ms)
const jws = { payload: '', signature: '' }
/** Whether the key is accepted now. */
async function accepts({ keys }: TrustedIssuer, kid: string): Promise<boolean> {
  return Promise.resolve(keys({ alg: 'EdDSA', kid }, jws)).then(
    () => true,
    () => false,
  )
}

/** An issuer elsewhere, which has one key until it withdraws it. */
async function elsewhere() {
  const state = { fetches: 0, status: 200, keys: [{ ...published, kid: 'a', alg: 'EdDSA' }] as unknown, accept: '' }
  const http = createServer((request, response) => {
    state.fetches++
    state.accept = request.headers.accept ?? ''
    response.writeHead(state.status, { connection: 'close' }).end(JSON.stringify({ keys: state.keys }))
  })
  await once(http.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void http.close())
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/jwks`
  const warnings: object[] = []
  const log = { error: () => {}, warn: (details: object) => void warnings.push(details) }
  const issuer = externalIssuer({ url, issuer: 'https://id.example', audience: 'us' }, log)
  return { state, warnings, issuer }
}

test('the keys of another issuer are asked for again after five minutes, in the background', async () => {
  const { state, issuer } = await elsewhere()
  expect(await accepts(issuer, 'a')).toBe(true)
  pass(299_999)
  await accepts(issuer, 'a')
  expect(state.fetches).toBe(1)
  state.keys = []
  pass(1)
  expect(await accepts(issuer, 'a')).toBe(true)
  await expect.poll(() => accepts(issuer, 'a')).toBe(false)
  expect([state.fetches, state.accept]).toEqual([2, 'application/json'])
})

test('a key that was withdrawn is refused at its next use after nine minutes without any', async () => {
  const { state, issuer } = await elsewhere()
  await accepts(issuer, 'a')
  state.keys = []
  pass(540_000)
  expect(await accepts(issuer, 'a')).toBe(false)
})

test('while the other issuer is away its keys are in use for an hour, and each ten seconds it is asked again', async () => {
  const { state, warnings, issuer } = await elsewhere()
  await accepts(issuer, 'a')
  state.status = 500
  pass(600_000)
  expect(await accepts(issuer, 'a')).toBe(true)
  expect([state.fetches, warnings.length]).toEqual([2, 1])
  pass(9_999)
  expect([await accepts(issuer, 'a'), state.fetches]).toEqual([true, 2])
  pass(1)
  expect([await accepts(issuer, 'a'), state.fetches]).toEqual([true, 3])
  pass(3_599_999 - 610_000)
  expect(await accepts(issuer, 'a')).toBe(true)
  pass(10_001)
  expect(await accepts(issuer, 'a')).toBe(false)
  state.status = 200
  pass(10_000)
  expect(await accepts(issuer, 'a')).toBe(true)
})

test.each([['text'], [{ a: 1 }], [[{ kid: 'a' }]], [undefined]])(
  'what are no keys is not trusted: %j',
  async (keys) => {
    const { state, warnings, issuer } = await elsewhere()
    state.keys = keys
    expect(await accepts(issuer, 'a')).toBe(false)
    expect(warnings).toHaveLength(1)
  },
)

/** A key in the database that was replaced this long ago; a negative time is still to come. */
async function storedKey(id: string, replacedMs: number | null): Promise<string> {
  const data = {
    id,
    publicKey: JSON.stringify(published),
    privateKey: '""',
    createdAt: new Date(0),
    expiresAt: replacedMs === null ? null : new Date(Date.now() - replacedMs),
  }
  await database.db.jwks.create({ data })
  return id
}

test('a key of ours verifies for a day after it was replaced', async () => {
  const ours = () => ownIssuer(database.db, 'https://ours.example')
  const kept = await storedKey('kept', 86_390_000)
  const gone = await storedKey('gone', 86_400_000)
  const current = [await storedKey('current', null), await storedKey('next', -1000)]
  for (const kid of [kept, ...current]) expect(await accepts(ours(), kid), kid).toBe(true)
  expect(await accepts(ours(), gone)).toBe(false)
})

test('a key of ours that is gone from the database is refused within a minute, with or without traffic', async () => {
  const [quiet, busy] = [1, 2].map(() => ownIssuer(database.db, 'https://ours.example'))
  const kid = await storedKey('withdrawn', null)
  if (quiet === undefined || busy === undefined) throw new Error('no issuer')
  expect([await accepts(quiet, kid), await accepts(busy, kid)]).toEqual([true, true])
  await database.db.jwks.delete({ where: { id: kid } })
  pass(30_000)
  expect(await accepts(busy, kid)).toBe(true)
  await expect.poll(() => accepts(busy, kid)).toBe(false)
  pass(30_000)
  expect(await accepts(quiet, kid)).toBe(false)
})

test('a key that another process has just created is found a second after it was missed', async () => {
  const issuer = ownIssuer(database.db, 'https://ours.example')
  expect(await accepts(issuer, 'late')).toBe(false)
  await storedKey('late', null)
  pass(999)
  expect(await accepts(issuer, 'late')).toBe(false)
  pass(1)
  expect(await accepts(issuer, 'late')).toBe(true)
})
