import { TcpProxy } from '@taskwire/faults'
import type { ClientConfig, QueryConfig } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { testDatabase, type TestDatabase } from '../../testing/database.ts'
import { connection } from './connection.ts'
import { openPipeline, type Pipeline } from './pipeline.ts'
import { writeGroups, type WriteGroups, type WriteGroupsOptions } from './write_groups.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
  await database.pool.query(`CREATE TABLE counter (owner text PRIMARY KEY, count int NOT NULL CHECK (count < 100));
    CREATE SEQUENCE attempt;
    CREATE TABLE unique_at_commit (number int UNIQUE DEFERRABLE INITIALLY DEFERRED)`)
})
afterAll(() => database.close())

const OWNERS = Array.from({ length: 8 }, (_, index) => `owner-${index}`)
beforeEach(async () => {
  await database.pool.query(`TRUNCATE counter, unique_at_commit`)
  await database.pool.query(`INSERT INTO counter SELECT owner, 0 FROM unnest($1::text[]) owner`, [OWNERS])
})

const open: Pipeline[] = []
afterEach(() => Promise.all(open.splice(0).map((pipeline) => pipeline.close())))

/** As patient as a busy machine needs. */
const PATIENT = { timeoutMs: 60_000, giveUpMs: 60_000, stalledMs: 60_000, refusedMs: 60_000 }

/** Groups over connections that have prepared the statements of these tests. */
async function groupsOver(url: string, options: Partial<WriteGroupsOptions> = {}): Promise<WriteGroups> {
  return writeGroups({ pipeline: await preparedPipeline(url), holdMs: 60_000, ...options })
}

async function preparedPipeline(url: string, config: ClientConfig = {}): Promise<Pipeline> {
  const patient = { ...connection(url), connectionTimeoutMillis: 60_000, ...config }
  const pipeline = openPipeline({ connection: patient, count: 2, ...PATIENT })
  open.push(pipeline)
  const prepare = [add('nobody', 0), tried('nobody', 0), insert(null)].flatMap((query) => [query, query])
  for (const query of prepare) await Promise.all([pipeline.run(query), pipeline.run(query)])
  await database.pool.query('TRUNCATE unique_at_commit')
  return pipeline
}

/** `onRun` is called with the users of each transaction that is sent, and with the time since which they wait. */
async function watchedGroups(
  { onRun }: { onRun: (owners: (string | undefined)[], start: number | undefined) => void },
  options: Partial<WriteGroupsOptions> = {},
): Promise<WriteGroups> {
  const pipeline = await preparedPipeline(database.url)
  const watched: Pipeline = {
    ...pipeline,
    run: (query, owner, start) => {
      onRun([owner], start)
      return pipeline.run(query, owner, start)
    },
    runTogether: ([timeout, ...statements], start) => {
      onRun(
        statements.map(({ serializeBy }) => serializeBy),
        start,
      )
      return pipeline.runTogether(timeout === undefined ? statements : [timeout, ...statements], start)
    },
  }
  return writeGroups({ pipeline: watched, holdMs: 60_000, ...options })
}

function add(owner: string, number: number): QueryConfig {
  const text = `UPDATE counter SET count = count + $2 WHERE owner = $1
    RETURNING count, pg_current_xact_id()::text AS transaction`
  return { name: 'add', text, values: [owner, number] }
}

/** The same, counted also where it is undone. */
function tried(owner: string, number: number): QueryConfig {
  const text = `UPDATE counter SET count = count + $2 WHERE owner = $1 AND nextval('attempt') > 0 RETURNING count`
  return { name: 'tried', text, values: [owner, number] }
}

const insert = (number: number | null): QueryConfig => ({
  name: 'insert',
  text: 'INSERT INTO unique_at_commit VALUES ($1) RETURNING number',
  values: [number],
})

interface Added {
  readonly count: number
  readonly transaction: string
}

async function added(groups: WriteGroups, owner: string, number = 1): Promise<Added> {
  const [row] = (await groups.run(add(owner, number), owner)) as Added[]
  if (row === undefined) throw new Error(`${owner} has no counter`)
  return row
}

const transactions = (rows: readonly Added[]) => new Set(rows.map(({ transaction }) => transaction)).size

async function counts(): Promise<number[]> {
  const { rows } = await database.pool.query<{ count: number }>(`SELECT count FROM counter ORDER BY owner`)
  return rows.map(({ count }) => count)
}

/** Holds the lock that writes of a user wait for, and returns what releases it. */
async function lock(owner: string): Promise<() => Promise<void>> {
  const client = await database.pool.connect()
  await client.query('BEGIN')
  await client.query('SELECT FROM counter WHERE owner = $1 FOR UPDATE', [owner])
  return async () => {
    await client.query('COMMIT')
    client.release()
  }
}

/** Resolves when what was asked for before has been sent, if it does not wait for others. */
const sent = () => new Promise((resolve) => setImmediate(resolve))

test('writes that come together share a transaction, and each gets its own rows', async () => {
  const groups = await groupsOver(database.url)
  const rows = await Promise.all(OWNERS.map((owner, index) => added(groups, owner, index)))
  expect(rows.map(({ count }) => count)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect(transactions(rows)).toBe(1)
})

test('writes of one user take place in the order in which they were asked for', async () => {
  const groups = await groupsOver(database.url, { size: 4 })
  const rows = await Promise.all(Array.from({ length: 20 }, () => added(groups, 'owner-1')))
  expect(rows.map(({ count }) => count)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  expect(transactions(rows)).toBe(5)
})

test('while groups are in flight others wait and share the next one', async () => {
  const groups = await groupsOver(database.url, { maxInFlight: 1, lockMs: 60_000 })
  const first = added(groups, 'owner-0')
  await sent()
  const second = added(groups, 'owner-1')
  await sent()
  const rows = await Promise.all([first, second, added(groups, 'owner-2'), added(groups, 'owner-3')])
  expect(transactions(rows)).toBe(2)
})

test('a write that fails concerns no other, and each takes place once', async () => {
  const groups = await groupsOver(database.url)
  const outcomes = await Promise.allSettled(OWNERS.map((owner) => added(groups, owner, owner === 'owner-3' ? 100 : 1)))
  expect(outcomes.map(({ status }) => status).filter((status) => status === 'rejected')).toHaveLength(1)
  expect(outcomes[3]).toMatchObject({ status: 'rejected', reason: { code: '23514' } })
  expect(await counts()).toEqual([1, 1, 1, 0, 1, 1, 1, 1])
})

test('a user whose write failed in a group has transactions of its own for a while', async () => {
  const groups = await groupsOver(database.url)
  await Promise.allSettled([added(groups, 'owner-1', 100), added(groups, 'owner-2')])
  const rows = await Promise.all(['owner-1', 'owner-2', 'owner-3'].map((owner) => added(groups, owner)))
  expect(transactions(rows)).toBe(2)
  expect(rows[1]?.transaction).toBe(rows[2]?.transaction)
})

test('that ends, and then its writes share a transaction again', async () => {
  const groups = await groupsOver(database.url, { aloneMs: 0 })
  await Promise.allSettled([added(groups, 'owner-1', 100), added(groups, 'owner-2')])
  const rows = await Promise.all(['owner-1', 'owner-2'].map((owner) => added(groups, owner)))
  expect(transactions(rows)).toBe(1)
})

test('no more users than it is told have transactions of their own', async () => {
  const groups = await groupsOver(database.url, { maxAlone: 1 })
  for (const owner of ['owner-1', 'owner-2'])
    await Promise.allSettled([added(groups, owner, 100), added(groups, 'owner-3')])
  const rows = await Promise.all(['owner-1', 'owner-2', 'owner-3'].map((owner) => added(groups, owner)))
  expect(transactions(rows)).toBe(2)
  expect(rows[0]?.transaction).toBe(rows[2]?.transaction)
})

test('a group takes its locks in the order of its users, and those of one user in the order of its writes', async () => {
  const sentOwners: unknown[] = []
  const groups = await watchedGroups({ onRun: (owners) => sentOwners.push(owners) })
  const asked = ['owner-3', 'owner-1', 'owner-3', 'owner-2']
  const rows = await Promise.all(asked.map((owner) => added(groups, owner)))
  expect(sentOwners).toEqual([['owner-1', 'owner-2', 'owner-3', 'owner-3']])
  expect(rows.map(({ count }) => count)).toEqual([1, 1, 2, 1])
})

test('a user with a write in flight waits for it, and then shares transactions again', async () => {
  const sentOwners: unknown[] = []
  const groups = await watchedGroups({ onRun: (owners) => sentOwners.push(owners) }, { lockMs: 60_000 })
  const unlock = await lock('owner-0')
  const first = added(groups, 'owner-0')
  await sent()
  const second = added(groups, 'owner-0')
  await Promise.all([added(groups, 'owner-1'), added(groups, 'owner-2')])
  await Promise.all([added(groups, 'owner-1'), added(groups, 'owner-2')])
  await unlock()
  expect([await first, await second]).toMatchObject([{ count: 1 }, { count: 2 }])
  await Promise.all([added(groups, 'owner-0'), added(groups, 'owner-1')])
  expect(sentOwners).toEqual([
    ['owner-0'],
    ['owner-1', 'owner-2'],
    ['owner-1', 'owner-2'],
    ['owner-0'],
    ['owner-0', 'owner-1'],
  ])
})

test('rows that cannot be read fail their own write alone, though it is committed', async () => {
  const getTypeParser = () => (text: string) => {
    if (text === '13') throw new Error('unlucky')
    return text
  }
  const pipeline = await preparedPipeline(database.url, { types: { getTypeParser } })
  const groups = writeGroups({ pipeline, holdMs: 60_000 })
  const numbers = [1, 13, 2]
  const outcomes = await Promise.allSettled(numbers.map((number, index) => added(groups, `owner-${index}`, number)))
  expect(outcomes).toMatchObject([
    { status: 'fulfilled', value: { count: '1' } },
    { status: 'rejected', reason: { message: 'unlucky' } },
    { status: 'fulfilled', value: { count: '2' } },
  ])
  expect(await counts()).toEqual([...numbers, 0, 0, 0, 0, 0])
})

test('an error of the commit concerns only the write that caused it', async () => {
  const groups = await groupsOver(database.url)
  await database.pool.query('INSERT INTO unique_at_commit VALUES (1)')
  const [bad, good] = await Promise.allSettled([groups.run(insert(1), 'owner-1'), groups.run(insert(2), 'owner-2')])
  expect(bad).toMatchObject({ status: 'rejected', reason: { code: '23505' } })
  expect(good).toMatchObject({ status: 'fulfilled', value: [{ number: 2 }] })
})

test('who waits for a lock does not keep others waiting', async () => {
  const groups = await groupsOver(database.url)
  const unlock = await lock('owner-0')
  const locked = added(groups, 'owner-0')
  const others = await Promise.all(OWNERS.slice(1).map((owner) => added(groups, owner)))
  expect(others.map(({ count }) => count)).toEqual([1, 1, 1, 1, 1, 1, 1])
  await unlock()
  expect(await locked).toMatchObject({ count: 1 })
})

test('a write that comes alone and waits for a lock does not keep others waiting', async () => {
  const groups = await groupsOver(database.url, { maxInFlight: 1, holdMs: 600_000 })
  const unlock = await lock('owner-0')
  const locked = added(groups, 'owner-0')
  await sent()
  expect(await added(groups, 'owner-1')).toMatchObject({ count: 1 })
  await unlock()
  expect(await locked).toMatchObject({ count: 1 })
})

test('a group that fails twice is not sent again, however many of its writes would fail', async () => {
  const groups = await groupsOver(database.url)
  await database.pool.query(`SELECT setval('attempt', 1, false)`)
  const outcomes = await Promise.allSettled(
    OWNERS.map((owner, index) => groups.run(tried(owner, index === 0 ? 1 : 100), owner)),
  )
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', ...Array.from({ length: 7 }, () => 'rejected')])
  expect(await counts()).toEqual([1, 0, 0, 0, 0, 0, 0, 0])
  const { rows } = await database.pool.query(`SELECT nextval('attempt')::int AS next`)
  // The first and one that failed in either group, and each alone.
  expect(rows).toEqual([{ next: 2 + 2 + OWNERS.length + 1 }])
})

test('a value that cannot be written fails its own write alone', async () => {
  const groups = await groupsOver(database.url)
  const endless: { itself?: unknown } = {}
  endless.itself = endless
  const bad = groups.run({ ...add('owner-3', 1), values: ['owner-3', endless] }, 'owner-3')
  const [failed, ...others] = await Promise.allSettled([
    bad,
    ...OWNERS.filter((owner) => owner !== 'owner-3').map((owner) => added(groups, owner)),
  ])
  expect(failed).toMatchObject({ status: 'rejected', reason: { name: 'TypeError' } })
  for (const other of others) expect(other.status).toBe('fulfilled')
  expect(await counts()).toEqual([1, 1, 1, 0, 1, 1, 1, 1])
})

test('the time limit of a write begins when it was asked for, also where it is sent again', async () => {
  const starts: (number | undefined)[] = []
  const groups = await watchedGroups({
    onRun: (_, start) => starts.push(start),
  })
  const before = performance.now()
  const outcomes = Promise.allSettled(OWNERS.map((owner) => added(groups, owner, 100)))
  const after = performance.now()
  await outcomes
  expect(starts).toHaveLength(2 + OWNERS.length)
  for (const start of starts) {
    expect(start).toBeGreaterThanOrEqual(before)
    expect(start).toBeLessThanOrEqual(after)
  }
})

test('writes that were cancelled with their group are not sent again', async () => {
  const groups = await groupsOver(database.url, { lockMs: 60_000 })
  const unlock = await lock('owner-7')
  const outcomes = Promise.allSettled(OWNERS.map((owner) => added(groups, owner)))
  await expect.poll(waitingForLocks).toBe(1)
  await database.pool.query(
    `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
  )
  for (const outcome of await outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: '57014' } })
  await unlock()
  expect(await counts()).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
})

test('closing sends what waits for its turn', async () => {
  const groups = await groupsOver(database.url, { maxInFlight: 1 })
  const rows = Promise.all(OWNERS.flatMap((owner) => [added(groups, owner), added(groups, owner)]))
  await groups.close()
  expect((await rows).map(({ count }) => count)).toEqual(OWNERS.flatMap(() => [1, 2]))
  await expect(added(groups, 'owner-1')).rejects.toThrow('the pipelined connections are closed')
})

test('what waits too long for its turn is sent all the same', async () => {
  const groups = await groupsOver(database.url, { maxInFlight: 1, holdMs: 50, lockMs: 600_000 })
  const unlock = await lock('owner-0')
  const locked = added(groups, 'owner-0')
  await sent()
  expect(await added(groups, 'owner-1')).toMatchObject({ count: 1 })
  await unlock()
  expect(await locked).toMatchObject({ count: 1 })
})

test('where the connection is lost every write of the group fails, and none is repeated', async () => {
  await using proxy = await TcpProxy.inFrontOf(database.url)
  const groups = await groupsOver(proxy.through(database.url), { lockMs: 60_000 })
  const unlock = await lock('owner-7')
  const outcomes = Promise.allSettled(OWNERS.map((owner) => added(groups, owner)))
  await expect.poll(waitingForLocks).toBe(1)
  proxy.cut('reset')
  for (const { status } of await outcomes) expect(status).toBe('rejected')
  await unlock()
  await expect.poll(waitingForLocks).toBe(0)
  // PostgreSQL may have had all of them by then, and commits them or not.
  expect([Array.from(OWNERS, () => 0), Array.from(OWNERS, () => 1)]).toContainEqual(await counts())
})

async function waitingForLocks(): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    `SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
  )
  return rows[0]?.count ?? 0
}
