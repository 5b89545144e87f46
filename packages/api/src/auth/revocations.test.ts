import { beforeEach, expect, test } from 'vitest'
import { apiErrorOf } from '../../testing/services.ts'
import { ApiError } from '../errors/api_error.ts'
import { createRevocations, type Revocation, type RevocationStore } from './revocations.ts'

const HOUR_MS = 3_600_000
const issue = { user_id: 'ann', issued_at: 1_000_000, session_id: 'a session' }

let now: number
let stored: Revocation[]
let reads: (number | null)[]
let failing: boolean
let gate: Promise<void>
const store: RevocationStore = {
  recent: async (since) => {
    reads.push(since)
    const read_at = now
    const revocations = stored.filter(({ revoked_at }) => revoked_at > (since ?? read_at - HOUR_MS))
    await gate
    if (failing) throw new ApiError('database_unavailable')
    return { revocations, read_at }
  },
  userRevokedAt: async (user_id) =>
    stored.find(({ kind, id }) => kind === 'user' && id === user_id)?.revoked_at ?? null,
}
const known = () => createRevocations(store, () => now)

beforeEach(() => {
  now = issue.issued_at * 1000 + 60_000
  stored = []
  reads = []
  failing = false
  gate = Promise.resolve()
})

const revoke = (kind: Revocation['kind'], id: string, revoked_at = now) => stored.push({ kind, id, revoked_at })

test('what was revoked is noticed after at most 4 s, and in between nothing is read', async () => {
  const revocations = known()
  const generation = await revocations.assertValid(issue)
  revoke('session', 'a session')
  now += 1500
  expect(revocations.generation()).toBe(generation)
  await expect(revocations.assertStillValid(issue)).resolves.toBe(generation)
  expect(reads).toHaveLength(1)
  now += 2501
  expect(revocations.generation()).toBeUndefined()
  await expect(revocations.assertStillValid(issue)).rejects.toMatchObject({ reason: 'token_expired' })
  expect(revocations.generation()).toBe(generation + 1)
})

test('from 1.5 s on it is read in the background, once at a time, and a failure there reaches nobody', async () => {
  const revocations = known()
  await revocations.assertValid(issue)
  now += 1501
  failing = true
  expect([revocations.generation(), revocations.generation()]).toEqual([0, 0])
  expect(reads).toHaveLength(2)
  await expect.poll(() => revocations.generation() === 0 && reads.length).toBe(3)
  now += 2600
  expect(revocations.generation()).toBeUndefined()
})

test('a check that has to read fails while the database does', async () => {
  const revocations = known()
  failing = true
  await expect(revocations.assertValid(issue)).rejects.toMatchObject({ reason: 'database_unavailable' })
  failing = false
  await expect(revocations.assertValid(issue)).resolves.toBe(0)
})

test('a read that began too long ago does not count', async () => {
  const revocations = known()
  const { promise, resolve } = Promise.withResolvers<void>()
  gate = promise
  const early = apiErrorOf(revocations.assertValid(issue))
  now += 5000
  revoke('session', 'a session')
  const late = apiErrorOf(revocations.assertValid(issue))
  resolve()
  expect(await Promise.all([early, late])).toMatchObject([{ reason: 'token_expired' }, { reason: 'token_expired' }])
  expect(reads).toHaveLength(2)
})

test('each read starts a little before the last one, and counts a revocation once', async () => {
  const revocations = known()
  await revocations.assertValid(issue)
  revoke('user', 'bob')
  now += 5000
  const generation = await revocations.assertStillValid(issue)
  now += 5000
  await expect(revocations.assertStillValid(issue)).resolves.toBe(generation)
  expect(reads).toEqual([null, now - 10_000 - 30_000, now - 5000 - 30_000])
})

test('after `expire` the next check reads', async () => {
  const revocations = known()
  await revocations.assertValid(issue)
  revoke('session', 'a session')
  revocations.expire()
  expect(revocations.generation()).toBeUndefined()
  await expect(revocations.assertStillValid(issue)).rejects.toMatchObject({ reason: 'token_expired' })
})

test.each([
  ['before the deletion', -1, 'token_subject_invalid'],
  ['in its second', 0, 'token_subject_invalid'],
  ['after it', 1, undefined],
  ['at an unknown time', null, 'token_subject_invalid'],
])('a token of a deleted user, issued %s', async (_when, seconds, reason) => {
  for (const age of [0, 2 * HOUR_MS]) {
    const revocations = known()
    stored = []
    revoke('user', 'ann')
    const issued_at = seconds === null ? null : Math.floor(now / 1000) + seconds
    now += age
    const outcome = await revocations.assertValid({ user_id: 'ann', issued_at, session_id: null }).then(
      () => undefined,
      (error: unknown) => (error instanceof ApiError ? error.reason : error),
    )
    expect({ age, outcome }).toEqual({ age, outcome: reason })
    await expect(revocations.assertValid({ ...issue, user_id: 'bob' })).resolves.toBeDefined()
  }
})

test('while the database does not answer what was known counts for 4 s, and no longer', async () => {
  const revocations = known()
  await revocations.assertValid(issue)
  failing = true
  now += 4000
  await expect(revocations.assertStillValid(issue)).resolves.toBe(0)
  now += 1
  await expect(revocations.assertStillValid(issue)).rejects.toMatchObject({ reason: 'database_unavailable' })
})

test('reads that all take too long end as unavailable instead of going on for ever', async () => {
  const slow: RevocationStore = {
    ...store,
    recent: async (since) => {
      now += 5000
      return store.recent(since)
    },
  }
  const revocations = createRevocations(slow, () => now)
  await expect(revocations.assertValid(issue)).rejects.toMatchObject({
    reason: 'database_unavailable',
    details: { retry_after: 1 },
  })
  expect(reads).toHaveLength(2)
})

test.each([
  ['within 50 minutes', 50 * 60 - 60, 0],
  ['before that', 50 * 60 + 60, 1],
])('the store is asked for the deletion of a user whose token was issued %s: %d s ago', async (_, age, asked) => {
  let lookups = 0
  const counting: RevocationStore = { ...store, userRevokedAt: async () => (lookups++, null) }
  const revocations = createRevocations(counting, () => now)
  const token = { ...issue, issued_at: Math.floor(now / 1000) - age }
  await revocations.assertValid(token)
  expect(lookups).toBe(asked)
  await revocations.assertStillValid(token)
  expect(lookups).toBe(asked)
})

test('memory holds the last hour only', async () => {
  const revocations = known()
  for (let count = 0; count < 1000; count++) revoke('session', `session ${count}`, now - count * 10_000)
  await revocations.assertValid(issue)
  await expect(revocations.assertStillValid({ ...issue, session_id: 'session 1' })).rejects.toThrow('Invalid token')
  now += 2 * HOUR_MS
  stored = []
  await expect(revocations.assertStillValid({ ...issue, session_id: 'session 1' })).resolves.toBeDefined()
})
