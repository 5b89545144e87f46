import { testDatabase } from '@taskwire/db/testing'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { copyUsers } from './users.ts'

const { pool, close } = await testDatabase()
afterAll(() => close())

// Users of the same ids have to be new ones again, so none may count as deleted here.
beforeEach(async () => {
  await pool.query('DROP TABLE IF EXISTS public.user, public.users, public.account, public.members')
  await pool.query('DELETE FROM taskwire.user')
  await pool.query('DELETE FROM taskwire.revocation')
})

const hash = `${'a'.repeat(32)}:${'b'.repeat(128)}`

interface Here {
  readonly id: string
  readonly password: string | null
}

async function usersHere(): Promise<Here[]> {
  const { rows } = await pool.query<Here>(`SELECT u.id, name, email, "emailVerified" AS verified, image, password,
      to_char("createdAt" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS created,
      to_char("updatedAt" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS updated
    FROM (SELECT u.*, a.password FROM taskwire.user u LEFT JOIN taskwire.account a ON a."userId" = u.id) u ORDER BY u.id`)
  return rows
}

test('without a table of users that have an address there is nothing to copy', async () => {
  expect(await copyUsers(pool, {})).toBeUndefined()
  await pool.query('CREATE TABLE public.user (id int)')
  expect(await copyUsers(pool, {})).toBeUndefined()
})

test('a user comes with its names, times and password, whatever ORM wrote them; times without a zone are UTC', async () => {
  await pool.query(`CREATE TABLE public.members (id int, email text, name text, email_verified bool, image text,
      "createdAt" timestamp, updated_at timestamptz, hashed_password text, plan text);
    INSERT INTO public.members VALUES
      (1, ' Ann@Example.com ', 'Ann', true, 'https://example.com/a', '2025-01-02 03:04', '2025-01-03 03:04+02', '${hash}', 'pro'),
      (2, 'bob@example.com', ' ', NULL, '', NULL, NULL, NULL, NULL)`)
  const copied = await copyUsers(pool, { user: 'members' })
  expect(copied).toMatchObject({ copied: 2, present: 0, refused: [], unused: new Map([['plan', 1]]) })
  expect(await usersHere()).toMatchObject([
    {
      id: '1',
      name: 'Ann',
      email: 'ann@example.com',
      verified: true,
      image: 'https://example.com/a',
      password: hash,
      created: '2025-01-02 03:04',
      updated: '2025-01-03 01:04',
    },
    { id: '2', name: 'bob@example.com', verified: false, image: null, password: null },
  ])
})

test('an account that names no time of its last change has that of its creation', async () => {
  await pool.query(`CREATE TABLE public.users (id int, email text, created_at timestamp);
    INSERT INTO public.users VALUES (1, 'ann@example.com', '2025-01-02 03:04')`)
  await copyUsers(pool, {})
  expect(await usersHere()).toMatchObject([{ created: '2025-01-02 03:04', updated: '2025-01-02 03:04' }])
})

test('a password that cannot be used is none, and the report says how to get one', async () => {
  await pool.query(`CREATE TABLE public.users (id int, email text, password text);
    INSERT INTO public.users VALUES (1, 'a@x', '$2b$10$abc'), (2, 'b@x', 'plain'), (3, 'c@x', NULL), (4, 'd@x', '${hash}'),
      (5, 'e@x', '${hash}0'), (6, 'f@x', 'x${hash}')`)
  const { notes } = (await copyUsers(pool, {})) ?? { notes: new Map() }
  const [bcrypt = '', other = '', none = '', good = ''] = notes.keys()
  expect([...notes.values()]).toEqual([1, 3, 1, 1])
  expect([bcrypt, other, none, good].map((note) => note.includes('reset-password'))).toEqual([true, true, true, false])
  expect([bcrypt.includes('bcrypt'), none.includes('had no password')]).toEqual([true, true])
  expect((await usersHere()).map(({ password }) => password)).toEqual([null, null, null, hash, null, null])
})

test('of the accounts of a user the one with a password counts', async () => {
  await pool.query(`CREATE TABLE public.user (id text, email text);
    CREATE TABLE public.account ("userId" text, "providerId" text, password text);
    INSERT INTO public.user VALUES ('ann', 'ann@x'), ('bob', 'bob@x');
    INSERT INTO public.account VALUES ('ann', 'google', '${hash}'), ('bob', 'google', NULL), ('bob', 'credential', '${hash}')`)
  await copyUsers(pool, {})
  expect((await usersHere()).map(({ id, password }) => [id, password])).toEqual([
    ['ann', null],
    ['bob', hash],
  ])
})

test('a user who is here already stays as it is, and an address belongs to one account', async () => {
  await pool.query(`CREATE TABLE public.users (id text, email text, name text);
    INSERT INTO public.users VALUES ('ann', 'ann@x', 'Ann'), ('bob', 'ann@x', 'Bob'), ('auth', 'c@x', 'C'), ('d', 'no address', 'D'),
      ('e', NULL, 'E')`)
  const refused = [
    'user auth: its id is not one that a token can name',
    'user bob: its address ann@x belongs to another account here',
    'user d: it has no e-mail address',
    'user e: it has no e-mail address',
  ]
  const first = await copyUsers(pool, {})
  expect(first).toMatchObject({ copied: 1, present: 0 })
  expect(first?.refused.toSorted()).toEqual(refused)
  await pool.query(`UPDATE taskwire.user SET name = 'Anna'; UPDATE public.users SET name = 'Other'`)
  expect(await copyUsers(pool, {})).toMatchObject({ copied: 0, present: 1 })
  const { rows } = await pool.query('SELECT name FROM taskwire.user')
  expect(rows).toEqual([{ name: 'Anna' }])
})
