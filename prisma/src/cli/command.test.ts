import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '../../testing/database.ts'
import { withDatabase } from './command.ts'

let database: TestDatabase
const lines: unknown[] = []
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())
beforeEach(() => {
  lines.length = 0
  vi.spyOn(console, 'error').mockImplementation((line) => void lines.push(line))
})
afterEach(() => void vi.restoreAllMocks())

const env = () => ({ DATABASE_URL: ` ${database.url} ` })

test('a command gets the database that is configured, which is closed after it', async () => {
  const used = await withDatabase(async (opened) => {
    const { rows } = await opened.pool.query('SELECT current_database() AS name')
    expect(rows).toEqual([{ name: new URL(database.url).pathname.slice(1) }])
    return opened
  }, env())
  await expect(used?.pool.query('SELECT 1')).rejects.toThrow()
  expect(lines).toEqual([])
})

test('a command that fails says so in one line, and its database is closed all the same', async () => {
  let used: TestDatabase['pool'] | undefined
  const result = await withDatabase(async ({ pool }) => {
    used = pool
    await pool.query('SELECT 1 / 0')
    return 'done'
  }, env())
  expect([result, lines]).toEqual([undefined, ['division by zero']])
  await expect(used?.query('SELECT 1')).rejects.toThrow()
})

test('a database that cannot be reached is said in one line', async () => {
  const result = await withDatabase(async () => 'done', { DATABASE_URL: 'postgresql://127.0.0.1:1/none' })
  expect([result, lines]).toEqual([undefined, [expect.stringContaining('DATABASE_URL')]])
})
