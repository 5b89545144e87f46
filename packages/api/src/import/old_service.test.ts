import { type TestDatabase, testDatabase } from '@taskwire/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Copied, copyOldService } from './old_service.ts'

let database: TestDatabase
let first: Copied[]

// The old service's own definitions.
const OLD = `
  CREATE TABLE public.task (
    id serial PRIMARY KEY, user_id varchar NOT NULL, title varchar NOT NULL, description varchar, completed boolean,
    created_at timestamp, updated_at timestamp);
  CREATE TABLE public.conversation (
    id serial PRIMARY KEY, user_id varchar NOT NULL, created_at timestamp, updated_at timestamp);
  CREATE TABLE public.message (
    id serial PRIMARY KEY, user_id varchar NOT NULL, conversation_id integer NOT NULL REFERENCES public.conversation,
    role varchar NOT NULL, content varchar NOT NULL, created_at timestamp);`

beforeAll(async () => {
  database = await testDatabase()
  const { pool } = database
  const name = new URL(database.url).pathname.slice(1)
  await pool.query(OLD)
  // What the server's own zone is must not matter.
  await pool.query(`ALTER DATABASE ${name} SET timezone = 'Asia/Karachi'`)
  await pool.query(`INSERT INTO public.task VALUES
    (3, 'ann@example.com', 'Milk', NULL, true, '2025-01-02 03:04:05.678901', '2025-02-03 04:05:06'),
    (7, 'ann@example.com', '  two spaces  ', 'kept', false, '2025-01-02 03:04:06', '2025-01-02 03:04:06'),
    (8, 'bob', 'no flag', '', NULL, NULL, '2025-03-01 00:00:00'),
    (9, 'bob', '   ', NULL, false, '2025-03-01', '2025-03-01'),
    (10, 'bob', repeat('x', 201), NULL, false, '2025-03-01', '2025-03-01'),
    (11, 'bob', repeat('ä', 200), repeat('ö', 1001), false, '2025-03-01', '2025-03-01'),
    (12, '', 'nobody''s', NULL, false, '2025-03-01', '2025-03-01'),
    (13, repeat('u', 128), repeat('😀', 200), repeat('ö', 1000), false, '2025-03-01', '2025-03-01'),
    (-1, 'bob', 'negative', NULL, false, '2025-03-01', '2025-03-01')`)
  await pool.query(`INSERT INTO public.conversation VALUES
    (4, 'ann@example.com', '2025-01-01', '2025-01-02'), (5, 'bob', '2025-01-01', '2025-01-02')`)
  await pool.query(`INSERT INTO public.message VALUES
    (1, 'ann@example.com', 4, 'user', E'Buy  milk\nplease', '2025-01-01 10:00'),
    (2, 'ann@example.com', 4, 'assistant', 'Done', '2025-01-01 10:01'),
    (3, 'bob', 4, 'user', 'not mine', '2025-01-01 10:02'),
    (4, 'bob', 5, 'system', 'be nice', '2025-01-01 10:03')`)
  first = await copyOldService(pool)
})
afterAll(() => database.close())

test('tasks keep their ids and their times, which are UTC', async () => {
  const tasks = await database.db.task.findMany({ where: { user_id: 'ann@example.com' }, orderBy: { id: 'asc' } })
  expect(tasks).toMatchObject([
    {
      id: 3,
      title: 'Milk',
      description: null,
      completed: true,
      created_at: new Date('2025-01-02T03:04:05.679Z'),
      updated_at: new Date('2025-02-03T04:05:06Z'),
      version: 1,
    },
    { id: 7, title: 'two spaces', description: 'kept', completed: false },
  ])
})

test('each task begins its log with one change', async () => {
  const changes = await database.db.change.findMany({ where: { user_id: 'ann@example.com' }, orderBy: { seq: 'asc' } })
  expect(changes.map(({ seq, task_id, kind, via }) => ({ seq, task_id, kind, via }))).toEqual([
    { seq: 1, task_id: 3, kind: 'created', via: 'sql' },
    { seq: 2, task_id: 7, kind: 'created', via: 'sql' },
  ])
})

test('rows that cannot be imported are reported one by one, adjustments are counted', () => {
  const [tasks, , messages] = first
  expect(tasks?.refused).toEqual([
    'task -1: its id is not between 1 and 2147483647',
    'task 9: its title is empty',
    'task 10: its title has 201 characters, 200 are allowed',
    'task 11: its description has 1001 characters, 1000 are allowed',
    'task 12: its user id is not one that a token can name (1 to 128 characters, no control characters, not "auth")',
  ])
  expect(tasks?.notes).toEqual(
    new Map([
      ['blanks around the title removed', 1],
      ['created_at was null: taken as updated_at', 1],
      ['completed was null: taken as false', 1],
    ]),
  )
  expect(messages?.refused).toEqual([
    'message 4: its role is "system", not user or assistant',
    'message 3: its conversation is not here, or belongs to another user',
  ])
})

test('columns that have no place here are reported with the number of rows that have a value', async () => {
  expect(first.map(({ unused }) => unused)).toEqual([new Map(), new Map(), new Map()])
  const other = await testDatabase()
  await other.pool.query(OLD)
  await other.pool.query(`ALTER TABLE public.task ADD "Due ""day""" date, ADD version integer, ADD deleted_at timestamp;
    ALTER TABLE public.conversation ADD title varchar, ADD model varchar;
    INSERT INTO public.task VALUES (1, 'ann', 'Milk', NULL, NULL, '2025-01-01', '2025-01-01', '2025-12-24', 7),
      (2, 'ann', 'Bread', NULL, NULL, '2025-01-01', '2025-01-01', NULL, 8)`)
  const [tasks, conversations, messages] = await copyOldService(other.pool)
  expect([...(tasks?.unused ?? [])]).toEqual([
    ['Due "day"', 1],
    ['version', 2],
    ['deleted_at', 0],
  ])
  expect(conversations?.unused).toEqual(new Map([['model', 0]]))
  expect(messages?.unused).toEqual(new Map())
  expect(await other.db.task.findFirstOrThrow({ where: { id: 2 } })).toMatchObject({ version: 1 })
  await other.close()
})

test('priority, tags and dates come along where they fit, and are left out where they do not', async () => {
  const other = await testDatabase()
  await other.pool.query(OLD)
  await other.pool.query(`ALTER TABLE public.task
      ADD priority varchar, ADD tags jsonb, ADD due_date timestamp, ADD due_time text, ADD due_zone text, ADD category text;
    INSERT INTO public.task VALUES
      (1, 'ann', 'Milk', NULL, false, '2025-01-01', '2025-01-01', 'urgent', '["Home"]', '2025-12-24', '17:00', 'UTC', 'x'),
      (2, 'ann', 'Rent', NULL, true, '2025-01-01', '2025-01-02', 'asap', '"a,b"', '2025-12-24 10:30', '17:00', NULL, NULL),
      (3, 'ann', 'Call', NULL, false, '2025-01-01', '2025-01-01', NULL, NULL, NULL, NULL, NULL, NULL)`)
  const [tasks] = await copyOldService(other.pool)
  expect(tasks).toMatchObject({ copied: 3, refused: [], unused: new Map([['category', 1]]) })
  expect(Object.fromEntries(tasks?.notes ?? [])).toMatchObject({
    'priority did not fit: left out': 1,
    'tags did not fit: left out': 1,
    'due_date did not fit: left out': 1,
    'due_time did not fit: left out': 1,
  })
  const { rows } = await other.pool.query(
    `SELECT priority, tags, due_date::text, due_time, due_at, completed_at FROM taskwire.task ORDER BY id`,
  )
  const none = { priority: null, tags: [], due_date: null, due_time: null, due_at: null, completed_at: null }
  expect(rows).toEqual([
    {
      ...none,
      priority: 'high',
      tags: ['home'],
      due_date: '2025-12-24',
      due_time: '17:00',
      due_at: new Date('2025-12-24T17:00Z'),
    },
    { ...none, completed_at: new Date('2025-01-02T00:00Z') },
    none,
  ])
  await other.close()
})

test('a row that only the database refuses is reported, and the others are copied', async () => {
  const other = await testDatabase()
  await other.pool.query(OLD)
  await other.pool.query(`ALTER TABLE taskwire.task ADD CONSTRAINT no_bread CHECK (title <> 'Bread');
    INSERT INTO public.task SELECT id, 'ann', CASE WHEN id = 700 THEN 'Bread' ELSE 'Milk' END, NULL, false,
      '2025-01-01', '2025-01-01' FROM generate_series(1, 1001) AS id`)
  const [tasks] = await copyOldService(other.pool)
  expect(tasks).toMatchObject({ copied: 1000, refused: [expect.stringMatching(/^task 700: .*"no_bread"/)] })
  expect(await other.db.change.count()).toBe(1000)
  await other.close()
})

test('limits count characters, not bytes or halves of them', async () => {
  const longest = await database.db.task.findFirstOrThrow({ where: { id: 13 } })
  expect(longest).toMatchObject({ user_id: 'u'.repeat(128), title: '😀'.repeat(200), description: 'ö'.repeat(1000) })
})

test('conversations come with their messages and a title', async () => {
  const where = { user_id: 'ann@example.com' }
  const found = await database.db.conversation.findMany({ where, include: { messages: { orderBy: { id: 'asc' } } } })
  expect(found).toMatchObject([
    {
      id: 4,
      title: 'Buy milk please',
      created_at: new Date('2025-01-01T00:00:00Z'),
      messages: [
        { id: 1, role: 'user', content: 'Buy  milk\nplease', created_at: new Date('2025-01-01T10:00:00Z') },
        { id: 2, role: 'assistant', content: 'Done' },
      ],
    },
  ])
})

test('new rows get ids above the old ones', async () => {
  const created = await database.db.task.create({ data: { user_id: 'new', title: 'next' } })
  expect(created.id).toBe(14)
})

test('a repeat changes neither copied rows nor later changes to them', async () => {
  await database.db.task.update({
    where: { user_id_id: { user_id: 'ann@example.com', id: 3 } },
    data: { title: 'Oat milk', updated_at: new Date() },
  })
  const before = await database.db.change.count()
  const [tasks, conversations, messages] = await copyOldService(database.pool)
  expect(tasks).toMatchObject({ copied: 0, present: 4 })
  expect(conversations).toMatchObject({ copied: 0, present: 2 })
  expect(messages).toMatchObject({ copied: 0, present: 2 })
  expect(await database.db.change.count()).toBe(before)
  expect(await database.db.task.findFirst({ where: { id: 3 } })).toMatchObject({ title: 'Oat milk', version: 2 })
})

test('rows that the old service wrote since are copied by the next run', async () => {
  await database.pool.query(
    `INSERT INTO public.task VALUES (20, 'bob', 'late', NULL, false, '2025-04-01', '2025-04-01')`,
  )
  expect((await copyOldService(database.pool))[0]).toMatchObject({ copied: 1, present: 4 })
})

test('an id that belongs to another task of the user here is not overwritten', async () => {
  await database.db.task.create({ data: { user_id: 'bob', id: 21, title: 'ours' } })
  await database.pool.query(
    `INSERT INTO public.task VALUES (21, 'bob', 'theirs', NULL, false, '2025-04-01', '2025-04-01')`,
  )
  const [tasks] = await copyOldService(database.pool)
  expect(tasks?.refused).toContain('task 21: its user has created another one with this id here since')
  expect(await database.db.task.findFirst({ where: { id: 21 } })).toMatchObject({ title: 'ours' })
})

test('the old tables stay as they were', async () => {
  const { rows } = await database.pool.query('SELECT count(*)::int AS tasks FROM public.task')
  expect(rows).toEqual([{ tasks: 11 }])
})

test('users with large numbers keep them, and one who was deleted here does not come back', async () => {
  const other = await testDatabase()
  await other.pool.query(OLD)
  const hash = `${'a'.repeat(32)}:${'b'.repeat(128)}`
  await other.pool.query(`CREATE TABLE public.users (id bigint PRIMARY KEY, email varchar, email_verified boolean);
    CREATE TABLE public.accounts (user_id bigint, provider_id varchar, password varchar);
    INSERT INTO public.users VALUES (1234567890123456789, 'ann@example.com', true), (2, 'bob@example.com', false);
    INSERT INTO public.accounts VALUES (1234567890123456789, 'credential', '${hash}');
    INSERT INTO public.task VALUES (1, '1234567890123456789', 'Milk', NULL, false, '2025-01-01', '2025-01-01'),
      (2, '2', 'Bread', NULL, false, '2025-01-01', '2025-01-01')`)
  await copyOldService(other.pool)
  const { rows } = await other.pool.query(`SELECT "userId", password, "emailVerified" FROM taskwire.account
    JOIN taskwire.user ON "user".id = "userId"`)
  expect(rows).toEqual([{ userId: '1234567890123456789', password: hash, emailVerified: true }])
  await other.pool.query(`DELETE FROM taskwire.user WHERE id = '2'`)
  expect(await copyOldService(other.pool)).toMatchObject([
    { table: 'task', copied: 0, present: 1, refused: ['task 2: its user was deleted here'] },
    { table: 'conversation' },
    { table: 'message' },
    { table: 'user', copied: 0, present: 1, refused: ['user 2: its user was deleted here'] },
  ])
  expect(await other.db.task.count({ where: { user_id: '2' } })).toBe(0)
  await other.close()
})
