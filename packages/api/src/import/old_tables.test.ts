import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { copyOldService } from './old_service.ts'

// One database for all: each test begins with no tables of an old service and with nothing imported.
const database: TestDatabase = await testDatabase()
afterAll(() => database.close())
const { pool } = database

beforeEach(async () => {
  await pool.query(`DROP TABLE IF EXISTS public.task, public.tasks, public.todo, public.conversation, public.message,
    public.user, public.users, public.account CASCADE`)
  await pool.query('DELETE FROM taskwire.task; DELETE FROM taskwire.conversation; DELETE FROM taskwire.user')
})

const TASK = 'user_id varchar, title varchar, description varchar'

async function tasksHere() {
  const { rows } = await pool.query<{ id: number; title: string; completed: boolean; updated: string }>(
    `SELECT id, title, completed, to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS updated FROM taskwire.task ORDER BY id`,
  )
  return rows
}

describe('a table of tasks', () => {
  test('may have the plural as its name, and other names for completed and for the last change', async () => {
    await pool.query(`CREATE TABLE public.tasks (id bigint, ${TASK}, is_completed boolean, created_at timestamp);
      INSERT INTO public.tasks VALUES (7, 'ann', 'Milk', NULL, true, '2025-01-02')`)
    expect(await copyOldService(pool)).toMatchObject([{ table: 'task', copied: 1, unused: new Map() }])
    expect(await tasksHere()).toEqual([{ id: 7, title: 'Milk', completed: true, updated: '2025-01-02' }])
  })

  test('with our names and others is read by ours, and the others are reported', async () => {
    await pool.query(`CREATE TABLE public.task (id int, ${TASK}, completed boolean, done boolean, created_at timestamp,
        updated_at timestamp);
      INSERT INTO public.task VALUES (7, 'ann', 'Milk', NULL, false, true, '2025-01-02', '2025-01-03')`)
    expect(await copyOldService(pool)).toMatchObject([{ copied: 1, unused: new Map([['done', 1]]) }])
    expect(await tasksHere()).toEqual([{ id: 7, title: 'Milk', completed: false, updated: '2025-01-03' }])
  })

  test('that is named is read, and one that does not exist is an error', async () => {
    await pool.query(`CREATE TABLE public.todo (id int, ${TASK}, done boolean, created_at timestamp);
      CREATE TABLE public.task (id int); INSERT INTO public.todo VALUES (7, 'ann', 'Milk', NULL, true, '2025-01-02')`)
    expect(await copyOldService(pool, { task: 'todo' })).toMatchObject([{ copied: 1 }])
    await expect(copyOldService(pool, { task: 'to"do' })).rejects.toThrow('there is no table public.to"do')
    await expect(copyOldService(pool)).rejects.toThrow(
      "public.task is not the old service's: it has no column user_id, title, description, completed, created_at",
    )
  })

  test('of another kind is passed over where the plural fits', async () => {
    await pool.query(`CREATE TABLE public.task (id int);
      CREATE TABLE public.tasks (id int, ${TASK}, done boolean, created_at timestamp);
      INSERT INTO public.tasks VALUES (7, 'ann', 'Milk', NULL, true, '2025-01-02')`)
    expect(await copyOldService(pool)).toMatchObject([{ table: 'task', copied: 1 }])
  })

  test('leaves the ids of new tasks above its own, and a repeat never sets them back', async () => {
    await pool.query(`CREATE TABLE public.task (id int, ${TASK}, done boolean, created_at timestamp);
      INSERT INTO public.task VALUES (1000000, 'ann', 'Milk', NULL, true, '2025-01-02')`)
    await copyOldService(pool)
    const create = async () => (await database.db.task.create({ data: { user_id: 'ann', title: 'x' } })).id
    const first = await create()
    expect(first).toBe(1_000_001)
    await copyOldService(pool)
    expect(await create()).toBe(1_000_002)
  })

  test('with an error that is about no value is not copied in part', async () => {
    await pool.query(`CREATE TABLE public.task (id int, ${TASK}, done boolean, created_at timestamp);
      INSERT INTO public.task VALUES (1, 'ann', 'Milk', NULL, true, '2025-01-02');
      CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no room'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON taskwire.task EXECUTE FUNCTION public.refuse()`)
    try {
      await expect(copyOldService(pool)).rejects.toThrow('no room')
    } finally {
      await pool.query('DROP FUNCTION public.refuse() CASCADE')
    }
  })
})

describe('ids that are no numbers', () => {
  const [one, two] = ['00000000-0000-0000-0000-00000000000b', '00000000-0000-0000-0000-00000000000a']

  test('get numbers in the order of creation, which a repeat keeps', async () => {
    await pool.query(`CREATE TABLE public.task (id uuid, ${TASK}, done boolean, created_at timestamp);
      INSERT INTO public.task VALUES ('${two}', 'ann', 'Second', NULL, true, '2025-01-03'),
        ('${one}', 'ann', 'First', NULL, true, '2025-01-02')`)
    expect(await copyOldService(pool)).toMatchObject([{ copied: 2, present: 0 }])
    const before = await tasksHere()
    expect(before.map(({ title }) => title)).toEqual(['First', 'Second'])
    const third = one.replace(/b$/, 'c')
    await pool.query(`INSERT INTO public.task VALUES ('${third}', 'ann', '', NULL, true, '2025-01-01')`)
    expect(await copyOldService(pool)).toMatchObject([
      { copied: 0, present: 2, refused: [`task ${third}: its title is empty`] },
    ])
    expect(await tasksHere()).toEqual(before)
  })

  test('lead messages to their conversation', async () => {
    await pool.query(`CREATE TABLE public.conversation (id uuid, user_id varchar, created_at timestamp, updated_at timestamp);
      CREATE TABLE public.message (id uuid, user_id varchar, conversation_id uuid, role varchar, content varchar,
        created_at timestamp);
      INSERT INTO public.conversation VALUES ('${one}', 'ann', '2025-01-01', '2025-01-01'),
        ('${two}', 'ann', '2025-01-02', '2025-01-02');
      INSERT INTO public.message VALUES ('${one}', 'ann', '${two}', 'user', 'later', '2025-01-02 10:01'),
        ('${two}', 'ann', '${two}', 'user', 'Hello', '2025-01-02 10:00')`)
    await copyOldService(pool)
    const found = await database.db.conversation.findMany({
      include: { messages: { orderBy: { id: 'asc' } } },
      orderBy: { id: 'asc' },
    })
    expect(found).toMatchObject([
      { title: 'Conversation', messages: [] },
      { title: 'Hello', messages: [{ content: 'Hello' }, { content: 'later' }] },
    ])
  })
})

test("a conversation's title is the old one, else the beginning of what the user said first, in 80 characters", async () => {
  await pool.query(`CREATE TABLE public.conversation (id int, user_id varchar, title varchar, created_at timestamp,
      updated_at timestamp);
    CREATE TABLE public.message (id int, user_id varchar, conversation_id int, role varchar, content varchar,
      created_at timestamp);
    INSERT INTO public.conversation SELECT id, 'ann', title, '2025-01-01', '2025-01-01'
      FROM (VALUES (1, ' Own  title '), (2, ' '), (3, NULL)) AS old (id, title);
    INSERT INTO public.message SELECT id, 'ann', talk, role, content, '2025-01-01' FROM (VALUES
      (1, 2, 'assistant', 'Welcome'), (2, 2, 'user', repeat('😀 ', 100)), (3, 2, 'user', 'then'),
      (4, 1, 'user', 'first'), (5, 3, 'assistant', 'Welcome'), (6, 3, 'user', NULL)) AS old (id, talk, role, content)`)
  const [, messages] = await copyOldService(pool)
  expect(messages).toMatchObject({ copied: 5, refused: ['message 6: its content is null'] })
  const found = await database.db.conversation.findMany({ orderBy: { id: 'asc' } })
  expect(found.map(({ title }) => title)).toEqual(['Own title', '😀 '.repeat(40), 'Conversation'])
})
