import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type TestDatabase, testDatabase } from '@taskwire/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addedFields } from '../../testing/added_fields/added_fields.ts'
import { environmentWith } from '../../testing/added_fields/environment.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

// The old service's definition, with columns that somebody added to it.
function oldTasks(columns = ''): string {
  return `CREATE TABLE public.task (
    id serial PRIMARY KEY, user_id varchar NOT NULL, title varchar NOT NULL, description varchar, completed boolean,
    created_at timestamp, updated_at timestamp ${columns})`
}

async function command(url: string, environment: Record<string, string> = {}) {
  const file = fileURLToPath(new URL('./import_command.ts', import.meta.url))
  const env = {
    PATH: process.env['PATH'],
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
    ...environment,
    DATABASE_URL: url,
  }
  const run = promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', file], { env })
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  )
}

test('there may be nothing to import, or a table of another kind', async () => {
  const other = await testDatabase()
  expect(await command(other.url)).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing to import') })
  await other.pool.query('CREATE TABLE public.task (id int)')
  expect(await command(other.url)).toMatchObject({
    code: 1,
    stderr:
      "public.task is not the old service's: it has no column user_id, title, description, completed, created_at, updated_at\n",
  })
  await other.close()
})

test('a bad configuration names the variable', async () => {
  const { code, stderr } = await command('mysql://localhost/tasks')
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/^DATABASE_URL must /) })
})

test('each table is reported, with what was not imported', async () => {
  const other = await testDatabase()
  await other.pool.query(oldTasks(', color text'))
  await other.pool.query(`INSERT INTO public.task VALUES
    (1, 'ann', ' Milk ', NULL, true, '2025-01-01', '2025-01-01', 'red'),
    (2, 'ann', ' ', NULL, true, '2025-01-01', '2025-01-01', NULL)`)
  const { code, stdout } = await command(other.url)
  expect(code).toBe(0)
  expect(stdout).toBe(`task: 1 copied, 0 already here, 1 not taken over
  1 of the copied: blanks around the title removed
  not taken over: task 2: its title is empty
  not imported: column color, rows with a value: 1
`)
  expect((await command(other.url)).stdout).toContain('task: 0 copied, 1 already here, 1 not taken over\n')
  await other.close()
})

test('a field that is added to the table of fields is imported where the old table has its column', async () => {
  const { pool, url } = database
  for (const { migration } of Object.values(addedFields)) await pool.query(migration)
  // Old columns of other types than ours: what counts is whether the values fit.
  await pool.query(oldTasks(', seen_on timestamp, labels json, steps jsonb, rank text, color integer'))
  await pool.query(`INSERT INTO public.task SELECT old.id, 'ann', 'Milk', NULL, false, '2025-01-01', '2025-01-01', seen_on,
      labels, steps, 'b', color
    FROM (VALUES
      (1, '2025-12-24'::timestamp, '["home", "a,\\"b\\""]'::json, '[{"item": "one", "done": true}]'::jsonb, 3),
      (2, NULL, NULL, NULL, NULL),
      (3, '2025-12-24 18:30', '[]', '[]', NULL),
      (4, 'infinity', '"home"', '[{"item": "one"}]', NULL)) AS old (id, seen_on, labels, steps, color)`)
  const { code, stdout, stderr } = await command(url, environmentWith(Object.values(addedFields)))
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout.split('\n')).toEqual([
    'task: 4 copied, 0 already here, 0 not taken over',
    '  1 of the copied: labels was null: taken as []',
    '  1 of the copied: steps was null: taken as []',
    '  2 of the copied: seen_on did not fit: left out',
    '  1 of the copied: labels did not fit: left out',
    '  1 of the copied: steps did not fit: left out',
    '  not imported: column rank, rows with a value: 4',
    '  not imported: column color, rows with a value: 1',
    '',
  ])
  const { rows } = await pool.query('SELECT id, seen_on::text, labels, steps, rank FROM taskwire.task ORDER BY id')
  const defaults = { seen_on: null, labels: [], steps: [], rank: 'm' }
  expect(rows).toEqual([
    { id: 1, seen_on: '2025-12-24', labels: ['home', 'a,"b"'], steps: [{ item: 'one', done: true }], rank: 'm' },
    { id: 2, ...defaults },
    { id: 3, ...defaults },
    { id: 4, ...defaults },
  ])
})
