import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { connection } from './connection.ts'
import { openLanes, type Lanes, type LanesOptions } from './pipeline.ts'
import { testDatabase, type TestDatabase } from '../../testing/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const open: Lanes[] = []
afterEach(() => Promise.all(open.splice(0).map((lanes) => lanes.close())))

function lanesWith(options: Partial<LanesOptions>): Lanes {
  const lanes = openLanes({ connection: connection(database.url), count: 1, ...options })
  open.push(lanes)
  return lanes
}

const PID = { name: 'pid', text: 'SELECT pg_backend_pid() AS pid, $1::int AS number' }
const pidOf = async (lanes: Lanes, number = 0, after?: string) => {
  const [row] = (await lanes.run({ ...PID, values: [number] }, after)) as { pid: number; number: number }[]
  expect(row?.number).toBe(number)
  return row?.pid
}
const sleep = (seconds: number) => ({ text: 'SELECT pg_sleep($1)', values: [seconds] })

test('many statements at once share few connections, and each gets its own answer', async () => {
  const lanes = lanesWith({ count: 3 })
  const pids = await Promise.all(Array.from({ length: 200 }, (_, number) => pidOf(lanes, number)))
  expect(new Set(pids).size).toBe(3)
})

test('a statement that fails leaves those before and behind it alone', async () => {
  const lanes = lanesWith({})
  const outcomes = await Promise.allSettled([
    pidOf(lanes, 1),
    lanes.run({ name: 'divide', text: 'SELECT 1 / $1::int AS one', values: [0] }),
    lanes.run({ name: 'divide', text: 'SELECT 1 / $1::int AS one', values: [1] }),
    lanes.run({ name: 'odd', text: 'SELECT no_such_column', values: [] }),
    pidOf(lanes, 2),
  ])
  expect(outcomes).toMatchObject([
    { status: 'fulfilled' },
    { status: 'rejected', reason: { code: '22012' } },
    { status: 'fulfilled', value: [{ one: 1 }] },
    { status: 'rejected', reason: { code: '42703' } },
    { status: 'fulfilled' },
  ])
})

test('statements after the same one go down one lane and hold up no other', async () => {
  const lanes = lanesWith({ count: 2 })
  const ended: string[] = []
  const note = (name: string) => () => ended.push(name)
  await Promise.all([
    lanes.run(sleep(0.3), 'ada').then(note('first of ada')),
    pidOf(lanes, 1, 'ada').then(note('second of ada')),
    pidOf(lanes, 2, 'bob').then(note('bob')),
    pidOf(lanes, 3).then(note('nobody')),
  ])
  expect(ended).toEqual(['bob', 'nobody', 'first of ada', 'second of ada'])
})

test('nobody else queues behind a statement that takes longer than 3 s, and its user only there', async () => {
  const one = lanesWith({ count: 1 })
  const two = lanesWith({ count: 2 })
  const slow = Promise.all([one.run(sleep(3.6)), two.run(sleep(3.6), 'ada')])
  await pause(3100)
  await expect(one.run(sleep(0))).rejects.toThrow(/^timeout exceeded when trying to connect/)
  await expect(two.run(sleep(0), 'ada')).rejects.toThrow(/^timeout exceeded when trying to connect/)
  expect(await pidOf(two, 1, 'bob')).toBeTypeOf('number')
  await slow
  expect(await pidOf(one)).toBeTypeOf('number')
  expect(await pidOf(two, 1, 'ada')).toBeTypeOf('number')
})

test('a lane that goes on too slowly takes no more either', async () => {
  const lanes = lanesWith({})
  const many = Promise.all(Array.from({ length: 200 }, () => lanes.run(sleep(0.02))))
  await pause(3100)
  await expect(lanes.run(sleep(0))).rejects.toThrow(/^timeout exceeded when trying to connect/)
  await many
})

test('a lane that cannot be connected does not draw the others’ statements', async () => {
  const role = `limited_${process.pid}`
  await database.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'p' CONNECTION LIMIT 1`)
  const url = new URL(database.url)
  url.username = role
  url.password = 'p'
  const lanes = lanesWith({ connection: connection(url.href), count: 2 })
  await pidOf(lanes)
  const slow = lanes.run(sleep(0.4))
  await expect(pidOf(lanes)).rejects.toMatchObject({ code: '53300' })
  expect(await Promise.all([pidOf(lanes), pidOf(lanes), pidOf(lanes)])).toHaveLength(3)
  await slow
  await lanes.close()
  // A role can only be dropped without connections.
  await expect.poll(() => database.pool.query(`DROP ROLE ${role}`).then(() => 'dropped', String)).toBe('dropped')
})

test('a lock is waited for less long than the connection lives', async () => {
  expect(await lanesWith({}).run({ text: 'SHOW lock_timeout' })).toEqual([{ lock_timeout: '10s' }])
})

test('a statement over its time limit ends its lane, and the next one gets another', async () => {
  const lines: string[] = []
  const lanes = lanesWith({
    connection: { ...connection(database.url), query_timeout: 200 },
    log: (line) => lines.push(line),
  })
  const before = await pidOf(lanes)
  const slow = lanes.run(sleep(1))
  const behind = pause(100).then(() => pidOf(lanes))
  expect(await Promise.allSettled([slow, behind])).toMatchObject([
    { reason: { message: 'Query read timeout' } },
    { reason: { message: expect.stringMatching(/terminated/) } },
  ])
  expect(await pidOf(lanes)).not.toBe(before)
  expect(lines).toEqual([expect.stringContaining('database connection lost')])
})

test('a connection that is closed, idle or busy, is replaced, and the process lives on', async () => {
  const lines: string[] = []
  const lanes = lanesWith({ log: (line) => lines.push(line) })
  const kill = (pid: number | undefined) => database.pool.query('SELECT pg_terminate_backend($1)', [pid])
  const first = await pidOf(lanes)
  await kill(first)
  await expect.poll(() => lines).toHaveLength(1)
  const second = await pidOf(lanes)
  const busy = expect(lanes.run(sleep(10))).rejects.toThrow(/terminat/)
  await pause(50)
  await kill(second)
  await busy
  expect(new Set([first, second, await pidOf(lanes)]).size).toBe(3)
})

test('without a database each statement says so, and later ones try again', async () => {
  const lanes = lanesWith({ connection: connection('postgresql://u:p@127.0.0.1:1/none') })
  for (let attempt = 0; attempt < 2; attempt++) {
    const outcomes = await Promise.allSettled([pidOf(lanes), pidOf(lanes, 0, 'ada')])
    expect(outcomes).toMatchObject([{ reason: { code: 'ECONNREFUSED' } }, { reason: { code: 'ECONNREFUSED' } }])
  }
})

test('a lane that nobody uses hangs up', async () => {
  const lanes = lanesWith({ idleMs: 100 })
  const pid = await pidOf(lanes)
  await expect
    .poll(async () => (await database.pool.query('SELECT FROM pg_stat_activity WHERE pid = $1', [pid])).rowCount)
    .toBe(0)
  expect(await pidOf(lanes)).not.toBe(pid)
})

test('closing answers what is under way and takes nothing more', async () => {
  const lanes = lanesWith({ count: 2 })
  const underWay = Promise.all([lanes.run(sleep(0.2)), pidOf(lanes), pidOf(lanes, 1, 'ada')])
  const closed = lanes.close()
  await expect(lanes.run(sleep(0))).rejects.toThrow('closed')
  expect(await underWay).toHaveLength(3)
  await closed
})

test('times are written in UTC whatever the role prefers', async () => {
  const name = new URL(database.url).pathname.slice(1)
  await database.pool.query(`ALTER DATABASE ${name} SET timezone = 'Asia/Karachi'`)
  const [row] = await lanesWith({}).run({ text: `SELECT '2026-01-02T03:04:05Z'::timestamptz::text AS at` })
  expect(row).toEqual({ at: '2026-01-02 03:04:05+00' })
})
