import { expect, test } from 'vitest'
import { factFindings } from './database.ts'
import { readableBytes } from './finding.ts'
import { roomFinding } from './machine.ts'
import { standbyFinding } from './standbys.ts'

type Facts = Parameters<typeof factFindings>[0]

const fine: Facts = {
  version_number: 170_000,
  version: '17.0',
  encoding: 'UTF8',
  role: 'app',
  database: 'tasks',
  is_read_only: false,
  clock_ahead_ms: 0,
  max_connections: 100,
  statement_timeout: '15s',
  has_trigrams: true,
  has_schema: true,
  may_create: true,
  unwritable_tables: [],
  foreign_tables: [],
  bytes: 5e6,
  pending: [],
  unknown: [],
  unfinished: [],
  outdated: undefined,
}
const settings = { DATABASE_URL: 'postgres://x', DATABASE_POOL_MAX: 30 }

/** What is not in order, as `problem topic: text`. */
function wrong(facts: Partial<Facts>, env: Partial<typeof settings> | { DATABASE_URL: undefined } = {}): string[] {
  return factFindings({ ...fine, ...facts }, { ...settings, ...env }).flatMap(({ level, topic, text }) =>
    level === 'ok' ? [] : [`${level} ${topic}: ${text}`],
  )
}

test('a database that fits has nothing to note', () => {
  expect(wrong({})).toEqual([])
  expect(factFindings(fine, settings)[0]?.text).toBe('of DATABASE_URL, PostgreSQL 17.0, 5 MB')
  expect(factFindings(fine, { ...settings, DATABASE_URL: undefined })[0]?.text).toMatch(/^embedded, /)
})

test.each<[string, Partial<Facts>, RegExp]>([
  ['version before 14', { version_number: 139_999, version: '13.9' }, /^problem database: PostgreSQL 13\.9 is too old/],
  ['other encoding', { encoding: 'LATIN1' }, /^problem database: its encoding is LATIN1/],
  ['standby', { is_read_only: true }, /^problem privileges: the server is read-only/],
  [
    'database without a schema or a grant',
    { may_create: false, has_schema: false },
    /GRANT CREATE ON DATABASE "tasks"/,
  ],
  [
    'table that cannot be written',
    { unwritable_tables: ['task', 'change'] },
    /no access to task, change: GRANT SELECT/,
  ],
  [
    'table of another role while migrations are pending',
    { foreign_tables: ['task'], pending: ['2_z'] },
    /^problem privileges: the role "app" cannot apply migrations: ALTER the owner/,
  ],
  ['table of another role', { foreign_tables: ['task'] }, /^note privileges: the role "app" cannot apply migrations/],
  ['schema of another role', { may_create: false }, /^note privileges: the role "app" cannot apply migrations/],
  ['missing extension', { has_trigrams: false }, /^note search: /],
  ['missing time limit', { statement_timeout: '0' }, /^note connections: no time limit for statements/],
  ['unfinished migration', { unfinished: ['1_x'] }, /^problem migrations: 1_x was begun and not finished/],
  ['newer version that breaks', { outdated: 'update this' }, /^problem migrations: update this/],
  ['newer version that does not', { unknown: ['9_y'] }, /^note migrations: a newer version was here \(9_y\)/],
  ['empty database', { has_schema: false }, /^note migrations: none yet/],
  ['pending migration', { pending: ['2_z'] }, /^note migrations: the next start applies 2_z/],
])('a %s is found', (_, facts, line) => {
  expect(wrong(facts)).toContainEqual(expect.stringMatching(line))
})

test('version 14 is enough', () => {
  expect(wrong({ version_number: 140_000 })).toEqual([])
})

test('the pool leaves three connections to administrators', () => {
  expect(wrong({ max_connections: 33 })).toEqual([])
  expect(wrong({ max_connections: 32 })).toEqual([
    expect.stringMatching(/^problem connections: .* is 30, .* allows 32/),
  ])
})

test('the embedded database needs no time limit of its role', () => {
  expect(wrong({ statement_timeout: '0' }, { DATABASE_URL: undefined })).toEqual([])
})

test.each([
  [999, []],
  [-1000, ['note clock: the database is 1.0 s behind']],
  [4999, ['note clock: the database is 5.0 s ahead']],
  [5000, ['problem clock: the database is 5.0 s ahead: synchronize both machines by NTP']],
  [-6000, ['problem clock: the database is 6.0 s behind: synchronize both machines by NTP']],
])('a clock that is %d ms ahead is %j', (clock_ahead_ms, lines) => {
  expect(wrong({ clock_ahead_ms })).toEqual(lines)
})

test.each([
  [99_999_999, 'problem'],
  [100_000_000, 'note'],
  [999_999_999, 'note'],
  [1_000_000_000, 'ok'],
])('with %d bytes free the disk is a %s', (free, level) => {
  expect(roomFinding('/data', free)).toMatchObject({ level, topic: 'disk', text: expect.stringMatching(/^\/data, \d/) })
})

test('a standby that answers no reads is a problem, and one that is far behind a note', () => {
  const standby = { name: 'db2:5432', problem: undefined }
  expect(standbyFinding({ ...standby, behind_bytes: 16_000_000 }).level).toBe('ok')
  expect(standbyFinding({ ...standby, behind_bytes: 16_000_001 })).toMatchObject({
    level: 'note',
    text: 'db2:5432 follows the primary, 16000001 bytes behind: it may answer few reads',
  })
  expect(standbyFinding({ name: 'db2', problem: 'it is away', behind_bytes: undefined })).toMatchObject({
    level: 'problem',
    text: 'db2 of DATABASE_READ_URL answers no reads: it is away',
  })
})

test.each([
  [1, '1 MB'],
  [1_000_001, '2 MB'],
  [999_999_999, '1000 MB'],
  [1_000_000_000, '1.0 GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(readableBytes(bytes)).toBe(text)
})
