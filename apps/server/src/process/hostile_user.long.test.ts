import { setTimeout as sleep } from 'node:timers/promises'
import { newUser } from '@taskwire/api/testing'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { trialsOfRun } from '@taskwire/faults'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callerAt, persistent, sendTo } from '../../testing/replicas/caller.ts'
import { startServer, type ServerProcess } from '../../testing/replicas/server_process.ts'
import { tasksOf, type TestResponse } from '../../testing/server.ts'

// Prints what others notice of one user's load. A busy machine decides about times: asserted are the answers, and the order in
// which they come.

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
  const { json: task } = await persistent(send)('POST', tasksOf(user), { body: { title: 'mine' } })
  const [email, password] = [`${user}@example.com`, 'correct horse battery']
  const signUp = { body: { email, password, name: 'Ann' } }
  const signedUp = await persistent(anybody)('POST', '/api/auth/sign-up/email', signUp)
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
  /** How many answers the loud user got during one of these requests, by the median. */
  readonly overtakenBy: number
}

/** So often each request must be served, and before it was refused as often, however slow the machine is. */
const SERVED = 10

/** Repeats each request for so long, one of a kind at a time. `loud` counts the answers of the loud user. */
async function observe(
  requests: Record<string, Request>,
  seconds: number,
  loud = () => 0,
): Promise<Record<string, Observed>> {
  const end = performance.now() + seconds * 1000
  const entries = Object.entries(requests).map(async ([name, request]) => {
    const [times, statuses, overtaken]: [number[], number[], number[]] = [[], [], []]
    const count = (refused: boolean) => statuses.filter((status) => (status === 503) === refused).length
    do {
      const [start, before] = [performance.now(), loud()]
      const { status } = await request()
      statuses.push(status)
      times.push(performance.now() - start)
      overtaken.push(loud() - before)
      // A second is what a refusal asks to wait.
      await sleep(status === 503 ? 1000 : PAUSE_MS)
    } while (performance.now() < end || (count(false) < SERVED && count(true) < SERVED))
    const counts = [...Map.groupBy(statuses, String)].map(([status, all]) => [status, all.length] as const)
    const figures = { p50: at(times, 0.5), p99: at(times, 0.99), overtakenBy: at(overtaken, 0.5) }
    return [name, { ...figures, statuses: Object.fromEntries(counts) }] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

function at(times: readonly number[], share: number): number {
  return Math.round(times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? 0)
}

/** What others observe while one user sends `request` from so many places at once, and that user's statuses. */
async function underLoad(count: number, request: Request, others: Record<string, Request>) {
  const statuses: number[] = []
  let isOver = false
  const hostile = Array.from({ length: count }, async () => {
    while (!isOver) statuses.push((await request()).status)
  })
  await sleep(500)
  const observed = await observe(others, SECONDS, () => statuses.length)
  isOver = true
  await Promise.all(hostile)
  return { observed, statuses }
}

function compare(title: string, quiet: Record<string, Observed>, loud: Record<string, Observed>): void {
  const rows = Object.entries(quiet).map(([name, before]) => {
    const during = loud[name]
    const factor = ((during?.p99 ?? 0) / Math.max(1, before.p99)).toFixed(1)
    const answers = JSON.stringify(during?.statuses)
    const times = `p50 ${before.p50} -> ${during?.p50} ms, p99 ${before.p99} -> ${during?.p99} ms (${factor} times)`
    return `${name}: ${times}, after ${during?.overtakenBy} answers of the other user, ${answers}`
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

const SEARCHES = 40

test(`while one user of ${TASKS} tasks sends ${SEARCHES} searches at once, others are served`, async () => {
  const hostile = newUser()
  await fill(hostile, TASKS, false)
  const quiet = await observe(await othersRequests(), SECONDS)
  const others = await othersRequests()
  const send = await callerAt(server.url, hostile)
  const search = () => send('GET', `${tasksOf(hostile)}?search=zq&limit=200`)
  const { observed, statuses } = await underLoad(SEARCHES, search, others)
  compare(
    `quiet and beside ${SEARCHES} searches at once of another user (${statuses.length} answered)`,
    quiet,
    observed,
  )
  expect([failed(quiet), failed(observed)]).toEqual([[], []])
  expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([])
  // Whoever waits behind all searches that are waiting is overtaken by as many.
  const behind = Object.entries(observed).filter(([, { overtakenBy }]) => overtakenBy > SEARCHES / 2)
  expect(behind.map(([name]) => name)).toEqual([])
})

test(`${TRASHED} tasks in the trash of a user who lists all the time slow nobody`, async () => {
  const [tidy, hoarder] = [newUser(), newUser()]
  await fill(hoarder, TRASHED, true)
  const own = await callerAt(server.url, hoarder)
  const list = await observe({ list: () => own('GET', tasksOf(hoarder)) }, 1)
  const rounds = []
  for (const user of [tidy, hoarder]) {
    const [others, send] = [await othersRequests(), await callerAt(server.url, user)]
    rounds.push(await underLoad(20, () => send('GET', tasksOf(user)), others))
  }
  const [without, beside] = rounds.map(({ observed }) => observed)
  console.info(`the list of the user with ${TRASHED} tasks in the trash: ${JSON.stringify(list)}`)
  compare(`beside 20 lists at once, of a user with an empty trash and of that one`, without ?? {}, beside ?? {})
  for (const { observed, statuses } of rounds) {
    expect(failed(observed)).toEqual([])
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([])
    expect(statuses).toContain(200)
  }
})
