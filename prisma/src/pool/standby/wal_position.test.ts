import { expect, onTestFinished, test } from 'vitest'
import { emptyDatabase, onServer } from '../../../testing/database.ts'
import type { Sql } from '../sql.ts'
import { parsedLsn, primaryFacts, primaryPosition, standbyFactsText, standbyProblem } from './wal_position.ts'

test('positions are compared as numbers of 64 bits', () => {
  expect(parsedLsn('0/FFFFFFFF') + 1n).toBe(parsedLsn('1/0'))
  expect(parsedLsn('FFFFFFFF/FFFFFFFF')).toBe(2n ** 64n - 1n)
  expect(parsedLsn('A/10') > parsedLsn('9/F0000000')).toBe(true)
})

const primary = { history: 'started 00000002', lsn: 5n, cluster: '1', timeline: 2 }
const standby = { instance: 'started', is_standby: true, cluster: '1', timeline: 2, replayed: 5n }

test('a standby of the same cluster and timeline answers reads', () => {
  expect(standbyProblem(standby, primary)).toBeUndefined()
})

test.each([
  [{ cluster: '2' }, 'another cluster'],
  [{ is_standby: false }, 'no standby'],
  [{ timeline: 1 }, 'timeline 1 and the primary 2'],
])('one with %o answers none', (difference, why) => {
  expect(standbyProblem({ ...standby, ...difference }, primary)).toContain(why)
})

/** What a primary says on a timeline, which is the first part of its file's name, in hexadecimal. */
const saidOn = (timeline: string, started = '2026-01-02 03:04:05+00') => ({
  lsn: '16/B374D848',
  file: `${timeline}00000016000000B3`,
  started,
  cluster: '7301234567890123456',
})

const answering =
  (...rows: unknown[]): Sql =>
  async <Row>() =>
    rows as Row[]
const factsOf = (row: ReturnType<typeof saidOn>) => primaryFacts(answering(row))

test.each([
  ['00000001', 1],
  ['00000009', 9],
  ['0000000A', 10],
  ['00000010', 16],
  ['0000001F', 31],
])('the timeline %s of a primary is number %i, on which its standbys follow it', async (text, timeline) => {
  const facts = await factsOf(saidOn(text))
  expect(facts).toMatchObject({ timeline, lsn: 0x16b374d848n, cluster: '7301234567890123456' })
  const following = { ...standby, cluster: facts.cluster }
  expect(standbyProblem({ ...following, timeline }, facts)).toBeUndefined()
  expect(standbyProblem({ ...following, timeline: timeline - 1 }, facts)).toContain(`the primary ${timeline};`)
})

test('positions have one history until the primary restarts or becomes another one', async () => {
  const { history } = await factsOf(saidOn('00000009'))
  expect(await primaryPosition(answering(saidOn('00000009')))).toEqual({ history, lsn: 0x16b374d848n })
  expect((await factsOf(saidOn('0000000A'))).history).not.toBe(history)
  expect((await factsOf(saidOn('00000009', '2026-01-02 03:04:06+00'))).history).not.toBe(history)
})

test('a primary that answers nothing has no position', async () => {
  await expect(primaryPosition(answering())).rejects.toThrow('answered nothing')
})

/** Runs statements in a database where functions of PostgreSQL answer what is given for them. */
async function pretending(functions: Readonly<Record<string, string>>, work: (sql: Sql) => Promise<void>) {
  const { url, drop } = await emptyDatabase()
  onTestFinished(drop)
  await onServer(url, async (client) => {
    await client.query('CREATE SCHEMA pretended; SET search_path = pretended, pg_catalog')
    for (const [name, answer] of Object.entries(functions)) {
      await client.query(`CREATE FUNCTION pretended.${name} LANGUAGE sql AS $$ SELECT ${answer} $$`)
    }
    await work(async ({ text }) => (await client.query(text)).rows)
  })
}

test('the log ends where it is flushed, or where it is written if commits do not wait for that', async () => {
  const functions = {
    'pg_current_wal_flush_lsn() RETURNS pg_lsn': `'0/1'::pg_lsn`,
    'pg_current_wal_insert_lsn() RETURNS pg_lsn': `'0/2'::pg_lsn`,
  }
  await pretending(functions, async (sql) => {
    const ends: Record<string, bigint> = {}
    for (const mode of ['off', 'local', 'on', 'remote_apply']) {
      await sql({ text: `SET synchronous_commit = ${mode}`, values: [] })
      ends[mode] = (await primaryPosition(sql)).lsn
    }
    expect(ends).toEqual({ off: 2n, local: 1n, on: 1n, remote_apply: 1n })
  })
})

test.each([
  [2, 3],
  [3, 2],
])(
  'the timeline of a standby is the later one of its checkpoint and of its last page: %i, %i',
  async (checkpoint, page) => {
    const functions = {
      'pg_control_checkpoint(OUT timeline_id int)': `${checkpoint}`,
      'pg_control_recovery(OUT min_recovery_end_timeline int)': `${page}`,
      'pg_last_wal_replay_lsn() RETURNS pg_lsn': 'NULL::pg_lsn',
    }
    await pretending(functions, async (sql) => {
      const [row] = await sql({ text: standbyFactsText, values: [] })
      // One that has replayed nothing yet is at the beginning.
      expect(row).toMatchObject({ is_standby: false, timeline: 3, replayed: '0/0' })
    })
  },
)
