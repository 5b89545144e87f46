import { setTimeout as sleep } from 'node:timers/promises'
import { newUser } from '@taskwire/api/testing'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { trialsOfRun } from '@taskwire/faults'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callerAt, sendTo } from '../../testing/replicas/caller.ts'
import { startServer, type ServerProcess } from '../../testing/replicas/server_process.ts'
import { tasksOf, type TestResponse } from '../../testing/server.ts'

// Prints what others notice of one user's load: a busy machine decides about times, so only answers are asserted.

/** TRIALS=30 for figures. */
const SECONDS = trialsOfRun(2)
const TASKS = 30_000
const TRASHED = SECONDS < 10 ? 20_000 : 100_000
const PAUSE_MS = 20

let database: TestDatabase
let server: ServerProcess
beforeAll(async () => {
  database = await testDatabase()
  server = await startServer({ DATABASE_URL: database.url })
  await server.ready
})
afterAll(async () => {
  expect(await server.stop()).toBe(0)
  await database.close()
})

type Request = () => Promise<TestResponse>

const BATCH = 5000

/** Gives a user many tasks of 1 KB. Without the trigger: the log is of no concern here. */
async function fill(user: string, count: number, isTrashed: boolean): Promise<void> {
  const { db } = database
  await db.$executeRaw`ALTER TABLE taskwire.task DISABLE TRIGGER task_change`
  for (let first = 0; first < count; first += BATCH) {
    await db.$executeRaw`
      INSERT INTO taskwire.task (user_id, title, description, deleted_at)
      SELECT ${user}, 'task ' || n, repeat('lorem ', 165), CASE WHEN ${isTrashed} THEN now() END
      FROM generate_series(1, ${BATCH}::int) n`
  }
  await db.$executeRaw`ALTER TABLE taskwire.task ENABLE TRIGGER task_change`
  await db.$executeRaw`ANALYZE taskwire.task`
}

/** One request of every kind of another user, of sign-in, and of a load balancer. */
async function othersRequests(): Promise<Record<string, Request>> {
  const user = newUser()
  const [send, anybody] = [await callerAt(server.url, user), sendTo(server.url)]
  const { json: task } = await send('POST', tasksOf(user), { body: { title: 'mine' } })
  const [email, password] = [`${user}@example.com`, 'correct horse battery']
  const signedUp = await anybody('POST', '/api/auth/sign-up/email', { body: { email, password, name: 'Ann' } })
  const session = { authorization: `Bearer ${signedUp.json.token}` }
  return {
    'the list': () => send('GET', tasksOf(user)),
    'one task': () => send('GET', tasksOf(user, task.id)),
    create: () => send('POST', tasksOf(user), { body: { title: 'x' } }),
    toggle: () => send('PATCH', tasksOf(user, task.id, '/complete')),
    '?status=pending': () => send('GET', `${tasksOf(user)}?status=pending&limit=50`),
    '?search=mine': () => send('GET', `${tasksOf(user)}?search=mine&limit=50`),
    changes: () => send('GET', `/api/${user}/changes?since=0`),
    conversations: () => send('GET', `/api/${user}/conversations`),
    readiness: () => anybody('GET', '/health/ready'),
    'a token by session': () => anybody('GET', '/api/auth/token', { headers: session }),
    'sign-in': () => anybody('POST', '/api/auth/sign-in/email', { body: { email, password } }),
  }
}

interface Observed {
  readonly p50: number
  readonly p99: number
  readonly statuses: Record<string, number>
}

/** Repeats each request for so long, one of a kind at a time. */
async function observe(requests: Record<string, Request>, seconds: number): Promise<Record<string, Observed>> {
  const end = performance.now() + seconds * 1000
  const entries = Object.entries(requests).map(async ([name, request]) => {
    const [times, statuses]: [number[], number[]] = [[], []]
    do {
      const start = performance.now()
      statuses.push((await request()).status)
      times.push(performance.now() - start)
      await sleep(PAUSE_MS)
    } while (performance.now() < end)
    const counts = [...Map.groupBy(statuses, String)].map(([status, all]) => [status, all.length] as const)
    return [name, { p50: at(times, 0.5), p99: at(times, 0.99), statuses: Object.fromEntries(counts) }] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

function at(times: readonly number[], share: number): number {
  return Math.round(times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? 0)
}

/** What others observe while one user sends `request` from so many places at once, and that user's statuses. */
async function underLoad(count: number, request: Request, observing: () => Promise<Record<string, Observed>>) {
  const statuses: number[] = []
  let isOver = false
  const hostile = Array.from({ length: count }, async () => {
    while (!isOver) statuses.push((await request()).status)
  })
  await sleep(500)
  const observed = await observing()
  isOver = true
  await Promise.all(hostile)
  return { observed, statuses }
}

function compare(title: string, quiet: Record<string, Observed>, loud: Record<string, Observed>): void {
  const rows = Object.entries(quiet).map(([name, before]) => {
    const during = loud[name]
    const factor = ((during?.p99 ?? 0) / Math.max(1, before.p99)).toFixed(1)
    const answers = JSON.stringify(during?.statuses)
    return `${name}: p50 ${before.p50} -> ${during?.p50} ms, p99 ${before.p99} -> ${during?.p99} ms (${factor} times), ${answers}`
  })
  console.info(`${title}, ${SECONDS} s each\n${rows.join('\n')}`)
}

/** The kinds of requests that were not served: refused as a rule, or answered with anything else than 2xx and 503. */
function failed(observed: Record<string, Observed>): string[] {
  return Object.entries(observed).flatMap(([name, { statuses }]) => {
    const counts = Object.entries(statuses)
    const all = sum(counts)
    const served = sum(counts.filter(([status]) => status.startsWith('2')))
    const refused = statuses['503'] ?? 0
    // Of a machine that is busy with other tests a server may refuse some requests for the moment.
    return served > refused && served + refused === all ? [] : [`${name}: ${JSON.stringify(statuses)}`]
  })
}

function sum(counts: readonly (readonly [string, number])[]): number {
  return counts.reduce((total, [, count]) => total + count, 0)
}

test(`while one user of ${TASKS} tasks sends 40 searches at once, others are served`, async () => {
  const hostile = newUser()
  await fill(hostile, TASKS, false)
  const quiet = await observe(await othersRequests(), SECONDS)
  const others = await othersRequests()
  const send = await callerAt(server.url, hostile)
  const search = () => send('GET', `${tasksOf(hostile)}?search=zq&limit=200`)
  const { observed, statuses } = await underLoad(40, search, () => observe(others, SECONDS))
  compare(`quiet and beside 40 searches at once of another user (${statuses.length} answered)`, quiet, observed)
  expect([failed(quiet), failed(observed)]).toEqual([[], []])
  expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([])
})

test(`${TRASHED} tasks in the trash of a user who lists all the time slow nobody`, async () => {
  const [tidy, hoarder] = [newUser(), newUser()]
  await fill(hoarder, TRASHED, true)
  const own = await callerAt(server.url, hoarder)
  const list = await observe({ list: () => own('GET', tasksOf(hoarder)) }, 1)
  const rounds = []
  for (const user of [tidy, hoarder]) {
    const [others, send] = [await othersRequests(), await callerAt(server.url, user)]
    rounds.push(
      await underLoad(
        20,
        () => send('GET', tasksOf(user)),
        () => observe(others, SECONDS),
      ),
    )
  }
  const [without, beside] = rounds.map(({ observed }) => observed)
  console.info(`the list of the user with ${TRASHED} tasks in the trash: ${JSON.stringify(list)}`)
  compare(`beside 20 lists at once, of a user with an empty trash and of that one`, without ?? {}, beside ?? {})
  expect(rounds.map(({ observed, statuses }) => [failed(observed), new Set(statuses)])).toEqual([
    [[], new Set([200])],
    [[], new Set([200])],
  ])
})
