import { execFileSync } from 'node:child_process'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import type { Client } from 'pg'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { connection } from './connection.ts'
import { TcpProxy } from '@taskwire/faults'
import { openPipeline, type Pipeline, type PipelineOptions } from './pipeline.ts'
import { testDatabase, type TestDatabase } from '../../testing/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const open: Pipeline[] = []
afterEach(() => Promise.all(open.splice(0).map((pipeline) => pipeline.close())))

/** As patient as a busy machine needs, unless a test is about a limit. */
const PATIENT = { timeoutMs: 60_000, giveUpMs: 60_000, stalledMs: 60_000, refusedMs: 60_000 }

function pipelineWith(options: Partial<PipelineOptions>): Pipeline {
  const patient = { ...connection(database.url), connectionTimeoutMillis: 60_000 }
  const pipeline = openPipeline({ connection: patient, count: 1, ...PATIENT, ...options })
  open.push(pipeline)
  return pipeline
}

const PID = { name: 'pid', text: 'SELECT pg_backend_pid() AS pid, $1::int AS number' }
const pidOf = async (pipeline: Pipeline, number = 0, serializeBy?: string) => {
  const [row] = (await pipeline.run({ ...PID, values: [number] }, serializeBy)) as { pid: number; number: number }[]
  expect(row?.number).toBe(number)
  return row?.pid
}
const sleep = (seconds: number) => ({ text: 'SELECT pg_sleep($1)', values: [seconds] })

test('many concurrent statements share few connections, and each gets its own result', async () => {
  const pipeline = pipelineWith({ count: 3 })
  const pids = await Promise.all(Array.from({ length: 200 }, (_, number) => pidOf(pipeline, number)))
  expect(new Set(pids).size).toBe(3)
})

test('a statement that fails does not affect those before and after it', async () => {
  const pipeline = pipelineWith({})
  const outcomes = await Promise.allSettled([
    pidOf(pipeline, 1),
    pipeline.run({ name: 'divide', text: 'SELECT 1 / $1::int AS one', values: [0] }),
    pipeline.run({ name: 'divide', text: 'SELECT 1 / $1::int AS one', values: [1] }),
    pipeline.run({ name: 'odd', text: 'SELECT no_such_column', values: [] }),
    pidOf(pipeline, 2),
  ])
  expect(outcomes).toMatchObject([
    { status: 'fulfilled' },
    { status: 'rejected', reason: { code: '22012' } },
    { status: 'fulfilled', value: [{ one: 1 }] },
    { status: 'rejected', reason: { code: '42703' } },
    { status: 'fulfilled' },
  ])
})

test('rows that cannot be read fail their own statement alone, and the connection goes on', async () => {
  const getTypeParser = () => (text: string) => {
    if (text === '13') throw new Error('unlucky')
    return Number(text)
  }
  const config = { ...connection(database.url), connectionTimeoutMillis: 60_000, types: { getTypeParser } }
  const lost: string[] = []
  const pipeline = pipelineWith({ connection: config, log: (line) => lost.push(line) })
  const numbers = Array.from([12, 13, 14], (number) => pipeline.run({ ...PID, values: [number] }))
  expect(await Promise.allSettled(numbers)).toMatchObject([
    { value: [{ number: 12 }] },
    { reason: { message: 'unlucky' } },
    { value: [{ number: 14 }] },
  ])
  expect(await pidOf(pipeline, 15)).toBeTypeOf('number')
  expect(lost).toEqual([])
})

test('of a named statement PostgreSQL is asked for the columns once for each connection', async () => {
  let described = 0
  const pipeline = pipelineWith({
    count: 2,
    onOpen: ({ connection: wire }) => void wire.on('rowDescription', () => described++),
  })
  for (let round = 0; round < 3; round++) {
    const [first, second] = await Promise.all([pidOf(pipeline, 1), pidOf(pipeline, 2)])
    expect(first).not.toBe(second)
  }
  expect(described).toBe(2)
})

test('statements with the same key run in order on one connection and block no other', async () => {
  const pipeline = pipelineWith({ count: 2 })
  const ended: string[] = []
  const note = (name: string) => () => ended.push(name)
  const { locked, release } = await lockedStatement()
  const ofAda = Promise.all([
    pipeline.run(locked, 'ada').then(note('first of ada')),
    pidOf(pipeline, 1, 'ada').then(note('second of ada')),
  ])
  ofAda.catch(() => {})
  await Promise.all([pidOf(pipeline, 2, 'bob').then(note('bob')), pidOf(pipeline, 3).then(note('nobody'))])
  await release()
  await ofAda
  expect(ended).toEqual(['bob', 'nobody', 'first of ada', 'second of ada'])
})

/** A statement that waits until the lock is released, and what releases it. */
async function lockedStatement() {
  const client = await database.pool.connect()
  await client.query('BEGIN; SELECT pg_advisory_xact_lock(1)')
  const release = async () => {
    await client.query('COMMIT')
    client.release()
  }
  return { locked: { text: 'SELECT pg_advisory_xact_lock_shared(1)' }, release }
}

const LATE = { stalledMs: 200, timeoutMs: 100_000 }

/** Resolves once statements are refused at once. Those before are answered when the connection goes on. */
async function untilOverloaded(pipeline: Pipeline, serializeBy?: string): Promise<void> {
  const outcome = () =>
    pipeline.run(sleep(0), serializeBy).then(
      () => 'answered',
      (error: Error) => error.message,
    )
  await expect
    .poll(() => Promise.race([outcome(), pause(50, 'not answered')]), { timeout: 60_000 })
    .toMatch(/^timeout exceeded when trying to connect/)
}

test('no statement queues behind one that takes too long, and statements with its key fail', async () => {
  const one = pipelineWith({ count: 1, ...LATE })
  const two = pipelineWith({ count: 2, ...LATE })
  const { locked, release } = await lockedStatement()
  const slow = Promise.all([one.run(locked), two.run(locked, 'ada')])
  await untilOverloaded(one)
  await untilOverloaded(two, 'ada')
  // Its second connection may have opened a moment ago, and then be late itself on a busy machine.
  await expect.poll(() => pidOf(two, 1, 'bob').catch(() => undefined)).toBeTypeOf('number')
  await release()
  await slow
  expect(await pidOf(one)).toBeTypeOf('number')
  expect(await pidOf(two, 1, 'ada')).toBeTypeOf('number')
})

test('a key stays with a connection only while it has statements there', async () => {
  const pipeline = pipelineWith({ count: 2, ...LATE })
  const first = await pidOf(pipeline, 1, 'ada')
  const { locked, release } = await lockedStatement()
  // The connection of that statement is the first one that is free.
  const slow = pipeline.run(locked)
  await expect.poll(() => pipeline.run(sleep(0), 'ada').then(() => pidOf(pipeline, 2, 'ada'))).not.toBe(first)
  expect(await pidOf(pipeline, 3, 'ada')).not.toBe(first)
  await release()
  await slow
})

test('a connection that is too slow accepts no more statements either', async () => {
  const pipeline = pipelineWith(LATE)
  const { locked, release } = await lockedStatement()
  const many = Promise.all(
    [...Array.from({ length: 20 }, () => sleep(0.01)), locked].map((query) => pipeline.run(query)),
  )
  await untilOverloaded(pipeline)
  await release()
  await many
})

test('where the server refuses another connection, statements share those that there are', async () => {
  const role = `limited_${process.pid}`
  await database.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'p' CONNECTION LIMIT 1`)
  const url = new URL(database.url)
  url.username = role
  url.password = 'p'
  const pipeline = pipelineWith({ connection: connection(url.href), count: 2 })
  const pid = await pidOf(pipeline)
  const slow = pipeline.run(sleep(0.4))
  const others = await Promise.all([pidOf(pipeline), pidOf(pipeline, 1, 'ada'), pidOf(pipeline, 2, 'ada')])
  expect(others).toEqual([pid, pid, pid])
  await slow
  await pipeline.close()
  // A role can only be dropped without connections.
  await expect.poll(() => database.pool.query(`DROP ROLE ${role}`).then(() => 'dropped', String)).toBe('dropped')
})

test('connections beyond a limit that has come while they were busy are closed when they are not', async () => {
  let reads = 3
  const limits = () => ({ reads, writes: 0, dedicated: 0 })
  const connections = { limits, opened: () => {}, closed: () => {}, shrink: () => {}, onRefused: () => {} }
  const pipeline = pipelineWith({ count: 3, budget: { connections, share: 'reads' } })
  const { locked, release } = await lockedStatement()
  const slow = Promise.all([1, 2, 3].map(() => pipeline.run(locked)))
  expect(pipeline.connections()).toEqual({ used: 3, idle: 0 })
  reads = 1
  await release()
  await slow
  expect(pipeline.connections()).toEqual({ used: 0, idle: 1 })
})

test('no setting that others could inherit is left on a connection', async () => {
  const pipeline = pipelineWith({})
  const changed = `SELECT name FROM pg_settings WHERE source = 'session' AND name NOT IN ('TimeZone', 'DateStyle')`
  expect(await pipeline.run({ text: changed })).toEqual([])
})

test('a statement over its time limit is cancelled in PostgreSQL, and the connection goes on', async () => {
  // Longer than opening the connection takes on a busy machine, which counts.
  const pipeline = pipelineWith({ timeoutMs: 4000 })
  const before = await pidOf(pipeline)
  const slow = pipeline.run(sleep(30))
  const behind = pause(3500).then(() => pidOf(pipeline))
  behind.catch(() => {})
  await expect(slow).rejects.toMatchObject({ code: '57014' })
  expect(await behind).toBe(before)
})

test('the time that a caller has waited before counts', async () => {
  const pipeline = pipelineWith({ giveUpMs: 0 })
  const start = performance.now() - 60_000
  const late = pipeline.run({ text: 'SELECT pg_sleep(600)' }, undefined, start)
  await expect(late).rejects.toThrow('terminated unexpectedly')
})

test('a connection that does not answer is given up, and the next statement gets a new one', async () => {
  const lines: string[] = []
  await using proxy = await TcpProxy.inFrontOf(database.url)
  const pipeline = pipelineWith({
    connection: connection(proxy.through(database.url)),
    timeoutMs: 2000,
    giveUpMs: 400,
    log: (line) => lines.push(line),
  })
  const before = await pidOf(pipeline)
  proxy.blackHole()
  const outcomes = await Promise.allSettled([pidOf(pipeline), pidOf(pipeline, 1, 'ada')])
  expect(outcomes).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }])
  proxy.restore()
  expect(await pidOf(pipeline)).not.toBe(before)
  expect(lines).toEqual([expect.stringContaining('database connection lost')])
})

test('a connection that is closed, idle or busy, is replaced, and the process keeps running', async () => {
  const lines: string[] = []
  const pipeline = pipelineWith({ log: (line) => lines.push(line) })
  const kill = (pid: number | undefined) => database.pool.query('SELECT pg_terminate_backend($1)', [pid])
  const first = await pidOf(pipeline)
  await kill(first)
  await expect.poll(() => lines).toHaveLength(1)
  const second = await pidOf(pipeline)
  const busy = expect(pipeline.run(sleep(10))).rejects.toThrow(/terminat/)
  await pause(50)
  await kill(second)
  await busy
  expect(new Set([first, second, await pidOf(pipeline)]).size).toBe(3)
})

test('without a database each statement fails, and later ones try again', async () => {
  const pipeline = pipelineWith({ connection: connection('postgresql://u:p@127.0.0.1:1/none') })
  for (let attempt = 0; attempt < 2; attempt++) {
    const outcomes = await Promise.allSettled([pidOf(pipeline), pidOf(pipeline, 0, 'ada')])
    expect(outcomes).toMatchObject([{ reason: { code: 'ECONNREFUSED' } }, { reason: { code: 'ECONNREFUSED' } }])
  }
})

test('a connection that could not be opened is not tried again at once while another one is open', async () => {
  // Stopped, so that a busy machine is not too late for that.
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  await using proxy = await TcpProxy.inFrontOf(database.url)
  const pipeline = pipelineWith({ connection: connection(proxy.through(database.url)), count: 2 })
  const first = await pidOf(pipeline)
  const { locked, release } = await lockedStatement()
  const slow = pipeline.run(locked)
  await proxy.refuse()
  await expect(pidOf(pipeline)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  const next = Promise.all([pidOf(pipeline, 1), pidOf(pipeline, 2, 'ada')])
  next.catch(() => {})
  await release()
  expect(await next).toEqual([first, first])
  await slow
  await pipeline.close()
})

test('a process that was held up does not take its own delay for one of the database', async () => {
  const pipeline = pipelineWith({})
  const pid = await pidOf(pipeline)
  const before = pipeline.run({ text: 'SELECT 1 AS before' }, 'ada')
  // It is sent at the end of a turn of the event loop.
  await nextTurn()
  await nextTurn()
  holdUpUntilAnswered('SELECT 1 AS before')
  vi.useFakeTimers({ toFake: ['performance'], now: Date.now() })
  onTestFinished(() => void vi.useRealTimers())
  vi.advanceTimersByTime(3_600_000)
  const after = pidOf(pipeline, 1, 'ada')
  expect(await Promise.all([before, after])).toEqual([[{ before: 1 }], pid])
})

/** Lets nothing else happen in this process before PostgreSQL has answered the statement. */
function holdUpUntilAnswered(text: string): void {
  const program = `
    import { Client } from 'pg'
    const client = new Client({ connectionString: process.argv[1] })
    await client.connect()
    const answered = "SELECT FROM pg_stat_activity WHERE query = $1 AND state = 'idle' AND wait_event = 'ClientRead'"
    while ((await client.query(answered, [process.argv[2]])).rowCount === 0);
    await client.end()`
  const args = ['--input-type=module', '--eval', program, database.url, text]
  execFileSync(process.execPath, args, { cwd: import.meta.dirname, timeout: 60_000 })
  // Until the timer that watches is due.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
}

test('a commit that no standby has confirmed fails its own statement alone, and is not reported as done', async () => {
  let client: Client | undefined
  const pipeline = pipelineWith({ onOpen: (opened) => (client = opened) })
  await pidOf(pipeline)
  const { locked, release } = await lockedStatement()
  const outcomes = Promise.allSettled([pipeline.run(locked), pidOf(pipeline, 1)])
  client?.emit('notice', { routine: 'SyncRepWaitForLSN' })
  await release()
  expect(await outcomes).toMatchObject([{ reason: { code: 'QUERY_TIMEOUT' } }, { status: 'fulfilled' }])
  expect(await pidOf(pipeline, 2)).toBeTypeOf('number')
})

test('statements run together only where the connection has prepared them, and not once it is closed', async () => {
  const pipeline = pipelineWith({})
  const two = ['first', 'second'].map((name) => ({ query: { name, text: 'SELECT 1 AS one' }, serializeBy: name }))
  expect(pipeline.runTogether(two)).toBeUndefined()
  for (const { query } of two) await pipeline.run(query)
  expect(await pipeline.runTogether(two)).toEqual([[{ one: 1 }], [{ one: 1 }]])
  const unnamed = { query: { text: 'SELECT 1 AS one' }, serializeBy: 'ann' }
  expect(pipeline.runTogether([...two, unnamed])).toBeUndefined()
  await pipeline.close()
  expect(pipeline.runTogether(two)).toBeUndefined()
})

test('open connections are counted, used and not, and none is left when they are closed', async () => {
  const pipeline = pipelineWith({ count: 3 })
  expect(pipeline.connections()).toEqual({ used: 0, idle: 0 })
  await Promise.all([pidOf(pipeline), pidOf(pipeline)])
  expect(pipeline.connections()).toEqual({ used: 0, idle: 2 })
  const { locked, release } = await lockedStatement()
  const slow = pipeline.run(locked)
  expect(pipeline.connections()).toEqual({ used: 1, idle: 1 })
  await release()
  await slow
  await pipeline.close()
  expect(pipeline.connections()).toEqual({ used: 0, idle: 0 })
})

test('nothing is watched when no statement is in flight', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const pipeline = pipelineWith({})
  for (let round = 0; round < 2; round++) {
    await pidOf(pipeline)
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(1000)
    await nextTurn()
    expect(vi.getTimerCount()).toBe(0)
  }
})

test('an unused connection is closed', async () => {
  const pipeline = pipelineWith({ idleMs: 100 })
  const pid = await pidOf(pipeline)
  await expect
    .poll(async () => (await database.pool.query('SELECT FROM pg_stat_activity WHERE pid = $1', [pid])).rowCount)
    .toBe(0)
  expect(await pidOf(pipeline)).not.toBe(pid)
})

test('closing finishes the statements in flight and accepts no more', async () => {
  const pipeline = pipelineWith({ count: 2 })
  const inFlight = Promise.all([pipeline.run(sleep(0.2)), pidOf(pipeline), pidOf(pipeline, 1, 'ada')])
  const closed = pipeline.close()
  await expect(pipeline.run(sleep(0))).rejects.toThrow('closed')
  expect(await inFlight).toHaveLength(3)
  await closed
})

test('times are written in UTC whatever the role is set to', async () => {
  const name = new URL(database.url).pathname.slice(1)
  await database.pool.query(`ALTER DATABASE ${name} SET timezone = 'Asia/Karachi'`)
  const [row] = await pipelineWith({}).run({ text: `SELECT '2026-01-02T03:04:05Z'::timestamptz::text AS at` })
  expect(row).toEqual({ at: '2026-01-02 03:04:05+00' })
})
