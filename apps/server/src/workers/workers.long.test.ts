import { execFileSync } from 'node:child_process'
import { newUser } from '@taskwire/api/testing'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { trialsOfRun, until } from '@taskwire/faults'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'
import { busyClients, counted, type Outcome } from '../../testing/replicas/busy_clients.ts'
import { callerAt, logOf, persistent } from '../../testing/replicas/caller.ts'
import { pick } from '../../testing/replicas/chance.ts'
import { eventsAt } from '../../testing/replicas/events.ts'
import { startServer, type ServerProcess } from '../../testing/replicas/server_process.ts'
import { tasksOf } from '../../testing/server.ts'
import { findPort } from '../process/port.ts'

const STOPS = trialsOfRun(3)
const KILLS = trialsOfRun(5)
const MINUTE = 60_000

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

let latest: ServerProcess | undefined
afterEach(() => latest?.kill())

async function start(settings: Record<string, string> = {}): Promise<ServerProcess> {
  latest = await startServer({ DATABASE_URL: database.url, WORKERS: '2', ...settings })
  await latest.ready
  return latest
}

/** The processes of the workers, by their parent. */
function workersOf({ url }: ServerProcess): number[] {
  const lines = execFileSync('ps', ['-e', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n')
  const found = lines.flatMap((line) => {
    const [, pid, parent] = /^\s*(\d+)\s+(\d+)\s.*main\.ts --worker \d+$/.exec(line) ?? []
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent) }]
  })
  const { port } = new URL(url)
  const isOurs = (pid: number) => environmentOf(pid).includes(`\0PORT=${port}\0`)
  return found.filter(({ pid }) => isOurs(pid)).map(({ pid }) => pid)
}

function environmentOf(pid: number): string {
  try {
    return `\0${execFileSync('cat', [`/proc/${pid}/environ`], { encoding: 'utf8', stdio: 'pipe' })}`
  } catch {
    return ''
  }
}

test.each([
  { clients: 'clients that reuse connections', keepAlive: true },
  { clients: 'clients that open a connection for each request', keepAlive: false },
])(`${STOPS} SIGTERMs to two workers lose and reset no request of $clients`, async ({ clients: kind, keepAlive }) => {
  const outcomes: Outcome[] = []
  for (let stop = 0; stop < STOPS; stop++) {
    const user = newUser()
    const server = await start()
    await until('both workers run', () => workersOf(server).length === 2, MINUTE)
    const clients = await busyClients({ url: server.url, user, keepAlive })
    const enough = 50 + pick(200)
    await until('requests are answered', () => clients.outcomes.length >= enough, MINUTE)
    expect(await server.stop()).toBe(0)
    await clients.end()
    outcomes.push(...clients.outcomes)
    expect(workersOf(server)).toEqual([])
    const stored = await database.db.task.findMany({ where: { user_id: user }, select: { title: true } })
    expect(stored.map(({ title }) => title).toSorted()).toEqual(clients.created.toSorted())
    expect(server.errors).toEqual([])
  }
  console.info(`${STOPS} stops, ${kind}: ${JSON.stringify(counted(outcomes))}`)
  expect(outcomes.filter((outcome) => outcome !== 201 && outcome !== 'refused')).toEqual([])
})

test(`${KILLS} killed workers lose no acknowledged write and repeat none, and others take their place`, async () => {
  const server = await start()
  const user = newUser()
  const send = persistent(await callerAt(server.url, user))
  const titles: string[] = []
  const refused: number[] = []
  const received: number[] = []
  const following = new AbortController()
  onTestFinished(() => following.abort())
  const listening = follow({ url: server.url, user, received, ended: following.signal })
  listening.catch(() => {})
  let isOver = false
  onTestFinished(() => void (isOver = true))
  const writing = Promise.all(
    Array.from({ length: 6 }, async (_, writer) => {
      for (let n = 0; !isOver; n++) {
        const title = `task-${writer}-${n}`
        const answer = await send('POST', tasksOf(user), { headers: { 'idempotency-key': title }, body: { title } })
        if (answer.status !== 201) return refused.push(answer.status)
        titles.push(title)
      }
      return 0
    }),
  )
  writing.catch(() => {})
  for (let kill = 0; kill < KILLS; kill++) {
    await until('both workers run', () => workersOf(server).length === 2, MINUTE)
    const enough = titles.length + 50
    await until('tasks are written', () => titles.length >= enough, MINUTE)
    const worker = workersOf(server)[pick(2)] ?? 0
    process.kill(worker, 'SIGKILL')
    await until('it has ended', () => !workersOf(server).includes(worker), MINUTE)
  }
  await until('both workers run again', () => workersOf(server).length === 2, MINUTE)
  isOver = true
  await writing
  expect(refused).toEqual([])
  const stored = await database.db.task.findMany({ where: { user_id: user }, select: { title: true } })
  expect(stored.map(({ title }) => title).toSorted()).toEqual(titles.toSorted())
  const log = await logOf(await callerAt(server.url, user), user)
  await until('every change is received', () => received.length >= log.length, MINUTE)
  expect(received).toEqual(log.map(({ seq }) => seq))
  const last = log.at(-1)
  expect((await send('POST', `/api/${user}/changes/${last?.seq}/undo`)).status).toBe(200)
  following.abort()
  expect(await server.stop()).toBe(0)
  await listening
})

interface Following {
  readonly url: string
  readonly user: string
  readonly received: number[]
  /** Not before everything is received: the stream of a worker that is lost last is opened once more. */
  readonly ended: AbortSignal
}

/** Keeps reading the user's events, whichever worker has the stream. */
async function follow({ url, user, received, ended }: Following): Promise<void> {
  for (let last = 0; !ended.aborted;) {
    for await (const { id } of eventsAt(url, user, last)) received.push((last = id))
  }
}

test('metrics are those of all workers, and do not go down when one is lost', async () => {
  const ADMIN_PORT = String(await findPort('127.0.0.1', 0))
  const server = await start({ ADMIN_PORT })
  await until('both workers run', () => workersOf(server).length === 2, MINUTE)
  const counted = async () => {
    const text = await (await fetch(`http://127.0.0.1:${ADMIN_PORT}/metrics`)).text()
    expect(text).toMatch(/^taskwire_build_info\{version="[\d.]+"\} 1$/m)
    return Number(
      /_seconds_count\{route="\/health",method="GET",status="200",transport="other"\} (\d+)/.exec(text)?.[1],
    )
  }
  const count = 20
  for (let n = 0; n < count; n++) await fetch(`${server.url}/health`, { headers: { connection: 'close' } })
  await expect.poll(counted).toBe(count)
  process.kill(workersOf(server)[0] ?? 0, 'SIGKILL')
  await expect.poll(counted).toBe(count)
  expect((await fetch(`http://127.0.0.1:${ADMIN_PORT}/health/ready`)).status).toBe(200)
  expect(await server.stop()).toBe(0)
})

test('the limit of sign-ins is one for all workers', async () => {
  const server = await start({ RATE_LIMIT_AUTH: '5' })
  await until('both workers run', () => workersOf(server).length === 2, MINUTE)
  // Without a body they are refused, and counted, before any password is checked.
  const attempt = async () => {
    const headers = { connection: 'close', 'content-type': 'application/json' }
    const answer = await fetch(`${server.url}/api/auth/sign-in/email`, { method: 'POST', headers, body: '{}' })
    return {
      isCounted: answer.status !== 429,
      left: Number(/;r=(\d+)/.exec(answer.headers.get('ratelimit') ?? '')?.[1]),
    }
  }
  const answers = await Promise.all(Array.from({ length: 10 }, attempt))
  expect(answers.filter(({ isCounted }) => isCounted)).toHaveLength(5)
  expect(answers.map(({ left }) => left).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 0, 0, 0, 1, 2, 3, 4])
  expect(await server.stop()).toBe(0)
})

test('lost workers are replaced also after a newer version has made a breaking change', async () => {
  const server = await start()
  await until('both workers run', () => workersOf(server).length === 2, MINUTE)
  await database.db.$executeRaw`INSERT INTO taskwire._prisma_migrations
    (id, checksum, migration_name, finished_at, logs) VALUES ('1', '', '20990101_newer', now(), 'breaking: needs 99.0.0')`
  onTestFinished(
    async () => void (await database.db.$executeRaw`DELETE FROM taskwire._prisma_migrations WHERE id = '1'`),
  )
  const lost = workersOf(server)
  for (const worker of lost) process.kill(worker, 'SIGKILL')
  await until('they have ended', () => workersOf(server).every((pid) => !lost.includes(pid)), MINUTE)
  const options = { headers: { connection: 'close' }, signal: AbortSignal.timeout(5 * MINUTE) }
  const status = () =>
    fetch(`${server.url}/health`, options).then(
      (response) => response.status,
      () => 0,
    )
  await expect.poll(status, { timeout: 5 * MINUTE }).toBe(200)
  expect(await server.stop()).toBe(0)
})

test('workers end with their primary, and its first error is said once', async () => {
  const server = await start()
  await until('both workers run', () => workersOf(server).length === 2, MINUTE)
  await server.kill()
  await until('the workers have ended', () => workersOf(server).length === 0, MINUTE)
  const wrong = await startServer({ DATABASE_URL: 'postgresql://u@127.0.0.1:1/x', WORKERS: '2' })
  await expect(wrong.ready).rejects.toThrow(/ended with 1: cannot use the database of DATABASE_URL[^\n]*$/)
})
