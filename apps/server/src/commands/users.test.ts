import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deleteUser, disableUser, enableUser, findUser, isDisabled, listUsers, revokeKeys } from './users.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const ann = { id: 'ann', email: 'ann@example.com' }

test('a change of an account that fails has changed nothing, and holds no lock', async () => {
  const { db, pool } = database
  await db.user.create({ data: { ...ann, name: 'Ann' } })
  const account = { id: 'a', userId: ann.id, accountId: ann.id, providerId: 'credential', password: 'hash' }
  await db.account.create({ data: account })
  await pool.query('ALTER TABLE taskwire.session RENAME TO away')
  await expect(disableUser(pool, ann)).rejects.toThrow('session')
  await pool.query('ALTER TABLE taskwire.away RENAME TO session')
  expect(await isDisabled(pool, ann)).toBe(false)
  await disableUser(pool, ann)
  expect(await isDisabled(pool, ann)).toBe(true)
})

const DAY_MS = 86_400_000
const eve = { id: 'eve', email: 'eve@example.com' }
const fay = { id: 'fay', email: 'fay@example.com' }

/** An account with a password, a key, two sessions of which one is over, and a link for a new password. */
async function member({ id, email }: { id: string; email: string }): Promise<void> {
  const { db } = database
  await db.user.create({ data: { id, email, name: id } })
  await db.account.create({
    data: { id, userId: id, accountId: id, providerId: 'credential', password: `hash of ${id}` },
  })
  const now = new Date()
  await db.apikey.create({
    data: { id, referenceId: id, key: id, configId: 'write', createdAt: now, updatedAt: now },
  })
  for (const days of [1, -1]) {
    const expiresAt = new Date(Date.now() + days * DAY_MS)
    await db.session.create({ data: { id: `${id} ${days}`, userId: id, token: `${id} ${days}`, expiresAt } })
  }
  const link = { identifier: `reset-password:${id}`, value: id, expiresAt: new Date(Date.now() + DAY_MS) }
  await db.verification.create({ data: { id, ...link } })
}

/** What of an account lets somebody in. */
async function waysIn(id: string) {
  const { db } = database
  const account = await db.account.findFirst({ where: { userId: id } })
  const key = await db.apikey.findFirst({ where: { referenceId: id } })
  return {
    password: account?.password,
    key: key?.enabled,
    sessions: await db.session.count({ where: { userId: id } }),
    links: await db.verification.count({ where: { value: id } }),
  }
}

test('a disabled account has no way in, and others keep theirs', async () => {
  const { pool } = database
  await member(eve)
  await member(fay)
  const before = await waysIn('fay')
  await disableUser(pool, eve)
  await disableUser(pool, eve)
  expect(await waysIn('eve')).toEqual({ password: '!hash of eve', key: false, sessions: 0, links: 0 })
  expect(await waysIn('fay')).toEqual(before)
  expect(await isDisabled(pool, fay)).toBe(false)
  await disableUser(pool, fay)
  await enableUser(pool, eve)
  expect(await waysIn('eve')).toMatchObject({ password: 'hash of eve', key: true })
  expect(await waysIn('fay')).toMatchObject({ password: '!hash of fay', key: false })
  await enableUser(pool, fay)
  expect(pool.totalCount - pool.idleCount).toBe(0)
})

test('the list counts what is in use: tasks that are not in the trash, keys, and sessions that last', async () => {
  const { pool, db } = database
  await db.session.create({
    data: { id: 'lasts', userId: 'fay', token: 'lasts', expiresAt: new Date(Date.now() + DAY_MS) },
  })
  await db.session.create({
    data: { id: 'over', userId: 'fay', token: 'over', expiresAt: new Date(Date.now() - DAY_MS) },
  })
  const { id } = await db.task.create({ data: { user_id: 'fay', title: 'trash' } })
  await db.task.create({ data: { user_id: 'fay', title: 'milk' } })
  await db.task.update({ where: { user_id_id: { user_id: 'fay', id } }, data: { deleted_at: new Date() } })
  const listed = (await listUsers(pool)).find((user) => user.id === 'fay')
  const sessions = await db.session.count({ where: { userId: 'fay', expiresAt: { gt: new Date() } } })
  expect(listed).toMatchObject({ email: fay.email, tasks: 1, keys: 1, sessions, is_disabled: false })
  expect(listed?.created_at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
})

test('an account is found by its id or its address in any case, and another not', async () => {
  expect(await findUser(database.pool, 'EVE@example.com')).toEqual(eve)
  expect(await findUser(database.pool, 'eve')).toEqual(eve)
  await expect(findUser(database.pool, 'nobody')).rejects.toThrow('there is no account nobody')
})

test('keys are revoked and accounts deleted of one user alone', async () => {
  const { pool, db } = database
  expect(await revokeKeys(pool, eve)).toBe('eve@example.com: 1 keys revoked')
  expect(await db.apikey.findMany({ select: { referenceId: true } })).toEqual([{ referenceId: 'fay' }])
  await deleteUser(pool, eve)
  expect(await db.user.count({ where: { id: 'eve' } })).toBe(0)
  expect(await db.user.count({ where: { id: 'fay' } })).toBe(1)
})
