import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { hashPassword } from 'better-auth/crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommandFile } from '../../testing/backup/run_command.ts'
import { signInServer, type SignInServer } from '../../testing/sign_in_server.ts'

const PASSWORD = 'the old password'

/** What different versions of the old service have in their databases: the tables as their ORMs make them. */
const VERSIONS = [
  {
    title: 'task with numbers, Better Auth in camel case',
    schema: `CREATE TABLE public."user" (id text PRIMARY KEY, name text NOT NULL, email text UNIQUE NOT NULL,
        "emailVerified" boolean NOT NULL, image text, "createdAt" timestamp NOT NULL, "updatedAt" timestamp NOT NULL);
      CREATE TABLE public.account (id text PRIMARY KEY, "accountId" text NOT NULL, "providerId" text NOT NULL,
        "userId" text NOT NULL REFERENCES public."user", password text, "createdAt" timestamp, "updatedAt" timestamp);
      CREATE TABLE public.task (id serial PRIMARY KEY, user_id varchar NOT NULL, title varchar(200) NOT NULL,
        description varchar(1000), completed boolean NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
      INSERT INTO public."user" VALUES ('uA', 'Ann', 'Ann@Example.com', true, NULL, '2025-01-01', '2025-01-02');
      INSERT INTO public.account VALUES ('a1', 'uA', 'credential', 'uA', $hash$, '2025-01-01', '2025-01-01');
      INSERT INTO public.task VALUES (5, 'uA', 'Milk', NULL, false, '2025-01-03', '2025-01-03');`,
    user: 'uA',
    ids: [5],
  },
  {
    title: 'tasks with UUIDs, Better Auth in snake case, tags and a colour',
    schema: `CREATE TABLE public.users (id uuid PRIMARY KEY, name text, email text, email_verified boolean,
        created_at timestamptz, updated_at timestamptz);
      CREATE TABLE public.accounts (id text PRIMARY KEY, account_id text, provider_id text, user_id uuid, password text);
      CREATE TABLE public.tasks (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL, title varchar NOT NULL,
        description text, completed boolean, priority varchar, tags jsonb, color varchar, created_at timestamptz, updated_at timestamptz);
      CREATE TABLE public.conversations (id uuid PRIMARY KEY, user_id uuid NOT NULL, created_at timestamp, updated_at timestamp);
      CREATE TABLE public.messages (id uuid PRIMARY KEY, user_id uuid NOT NULL, conversation_id uuid NOT NULL,
        role varchar NOT NULL, content text NOT NULL, created_at timestamp);
      INSERT INTO public.users VALUES
        ('6f9619ff-8b86-4011-b42d-00cf4fc964ff', 'Ann', 'ann@example.com', false, '2025-01-01', '2025-01-02');
      INSERT INTO public.accounts VALUES
        ('a1', 'x', 'credential', '6f9619ff-8b86-4011-b42d-00cf4fc964ff', $hash$),
        ('a2', 'y', 'google', '6f9619ff-8b86-4011-b42d-00cf4fc964ff', NULL);
      INSERT INTO public.tasks VALUES (gen_random_uuid(), '6f9619ff-8b86-4011-b42d-00cf4fc964ff', 'Milk', NULL, false, 'high',
          '["home"]', 'red', '2025-01-03', '2025-01-03'),
        (gen_random_uuid(), '6f9619ff-8b86-4011-b42d-00cf4fc964ff', 'Bread', NULL, true, NULL, NULL, NULL, '2025-01-02', '2025-01-02');
      INSERT INTO public.conversations VALUES ('11111111-1111-4111-8111-111111111111', '6f9619ff-8b86-4011-b42d-00cf4fc964ff', '2025-01-01', '2025-01-01');
      INSERT INTO public.messages VALUES (gen_random_uuid(), '6f9619ff-8b86-4011-b42d-00cf4fc964ff',
        '11111111-1111-4111-8111-111111111111', 'user', 'Buy milk', '2025-01-01');`,
    user: '6f9619ff-8b86-4011-b42d-00cf4fc964ff',
    ids: [2, 1],
  },
  {
    title: 'tables and columns of other names, users with numbers',
    schema: `CREATE TABLE public.members (id serial PRIMARY KEY, email varchar NOT NULL, name varchar, created_at timestamp);
      CREATE TABLE public.logins (id int PRIMARY KEY, "userId" int, "providerId" text, password text);
      CREATE TABLE public.todo_items (id bigserial PRIMARY KEY, user_id int NOT NULL, title text NOT NULL, description text,
        is_completed boolean, created_at timestamp);
      INSERT INTO public.members VALUES (7, 'ann@example.com', 'Ann', '2025-01-01');
      INSERT INTO public.logins VALUES (1, 7, 'credential', $hash$);
      INSERT INTO public.todo_items VALUES (9, 7, 'Milk', NULL, true, '2025-01-03');`,
    user: '7',
    ids: [9],
    flags: ['--task-table', 'todo_items', '--user-table', 'members', '--account-table', 'logins'],
  },
]

describe.each(VERSIONS)('a version with $title', ({ schema, user, ids, flags = [] }) => {
  let database: TestDatabase
  let server: SignInServer
  beforeAll(async () => {
    database = await testDatabase()
    await database.pool.query(schema.replaceAll('$hash$', `'${await hashPassword(PASSWORD)}'`))
    server = await signInServer({ database })
  })
  afterAll(async () => {
    await server.close()
    await database.close()
  })
  const run = () => runCommandFile('process/import_command.ts', flags, { DATABASE_URL: database.url })

  test('moves in whole: users sign in with the old password and see the old tasks', async () => {
    expect(await run()).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('user: 1 copied, 0 already here'),
    })
    const payload = { email: 'ann@example.com', password: PASSWORD }
    const signIn = await server.app.inject({ method: 'POST', url: '/api/auth/sign-in/email', payload })
    expect(signIn.json()).toMatchObject({ user: { id: user, name: 'Ann', email: 'ann@example.com' } })
    const session = { authorization: `Bearer ${signIn.json<{ token: string }>().token}` }
    const { token } = (await server.app.inject({ url: '/api/auth/token', headers: session })).json<{ token: string }>()
    const tasks = await server.app.inject({ url: `/api/${user}/tasks`, headers: { authorization: `Bearer ${token}` } })
    const found = tasks.json<{ id: number; title: string; created_at: string }[]>()
    expect(found.map(({ id }) => id)).toEqual(ids)
    expect(found[0]).toMatchObject({ title: 'Milk', created_at: '2025-01-03T00:00:00.000Z' })
    expect(await server.database.db.message.count({ where: { user_id: user } })).toBe(ids.length - 1)

    const again = await run()
    expect(again.stdout).not.toContain('is_completed')
    expect(again.stdout).toContain(`task: 0 copied, ${ids.length} already here, 0 not taken over`)
    expect(again.stdout).toContain('user: 0 copied, 1 already here, 0 not taken over')
    const created = await database.db.task.create({ data: { user_id: 'new', title: 'next' } })
    expect(created.id).toBe(Math.max(...ids) + 1)
  })
})

test('users of another kind get accounts without a password, and those that cannot are named', async () => {
  const database = await testDatabase()
  await database.pool
    .query(`CREATE TABLE public.task (id serial PRIMARY KEY, user_id varchar NOT NULL, title varchar NOT NULL,
      description varchar, completed boolean, created_at timestamp, updated_at timestamp);
    CREATE TABLE public.users (id serial PRIMARY KEY, email varchar, hashed_password varchar, full_name varchar);
    INSERT INTO public.users VALUES (1, 'ann@example.com', '$2b$12$abcdefghijklmnopqrstuv', 'Ann'), (2, 'ben@example.com', NULL, NULL),
      (3, NULL, NULL, NULL), (4, 'ANN@example.com', NULL, NULL)`)
  const { code, stdout } = await runCommandFile('process/import_command.ts', [], { DATABASE_URL: database.url })
  expect(code).toBe(0)
  expect(stdout.split('\n').slice(1)).toEqual([
    'user: 2 copied, 0 already here, 2 not taken over',
    '  1 of the copied: the hash of its password is bcrypt, which cannot be used: make a link for a new one by npm run reset-password',
    '  1 of the copied: it had no password: make a link for a new one by npm run reset-password',
    '  not taken over: user 3: it has no e-mail address',
    '  not taken over: user 4: its address ann@example.com belongs to another account here',
    '  not imported: column full_name, rows with a value: 1',
    '',
  ])
  await database.close()
})
