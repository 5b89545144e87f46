import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { hashPassword } from 'better-auth/crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommandFile } from '../../testing/backup/run_command.ts'
import { OLD_SERVICES } from '../../testing/old_service/old_services.ts'
import { signInServer, type SignInServer } from '../../testing/sign_in_server.ts'

const PASSWORD = 'the old password'

describe.each(OLD_SERVICES)('a version with $title', ({ schema, user, ids, flags = [] }) => {
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
