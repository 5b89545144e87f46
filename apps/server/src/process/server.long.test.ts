import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { fileURLToPath } from 'node:url'
import { newUser, signedToken } from '@taskwire/api/testing'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { trialsOfRun, until } from '@taskwire/faults'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { persistent, sendTo } from '../../testing/replicas/caller.ts'
import { tasksOf } from '../../testing/server.ts'

// Whole server processes, in trials that take long.

const SECRET = 'q8Zr2vT6xK1mN4pW7sB0dF3gH5jL9cYe'
const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

interface Server {
  readonly child: ChildProcess
  readonly url: string
  readonly closed: Promise<number | null>
}

async function start(settings: Record<string, string> = {}): Promise<Server> {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      PORT: '0',
      DATABASE_URL: database.url,
      BETTER_AUTH_SECRET: SECRET,
      LOG_LEVEL: 'warn',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
  onTestFinished(() => void child.kill('SIGKILL'))
  const url = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const at = /running at (\S+)/.exec(text)?.[1]
      if (at !== undefined) resolve(at)
    })
    void closed.then((code) => reject(new Error(`the server exited with ${code}`)))
  })
  return { child, url, closed }
}

async function bearer(user: string) {
  return { authorization: `Bearer ${await signedToken({ sub: user }, new TextEncoder().encode(SECRET))}` }
}

test('a list of 43 MB is sent from a heap of 100 MB, beside a reader who reads nothing of it', async () => {
  const user = newUser()
  const { db, pool } = database
  await db.$executeRaw`ALTER TABLE taskwire.task DISABLE TRIGGER task_change`
  // A smile is four bytes, in UTF-8 as in V8's heap.
  for (let batch = 0; batch < 10; batch++) {
    await db.$executeRaw`
      INSERT INTO taskwire.task (user_id, title, description)
      SELECT ${user}, 'task ' || n, repeat('😀', 1000) FROM generate_series(1, 1000) n`
  }
  await db.$executeRaw`ALTER TABLE taskwire.task ENABLE TRIGGER task_change`
  // A server that kept a list until it can be sent would keep two of them, run out of its heap and end.
  // What it needs for itself is 50 MB, and 60 to 66 at times when it reads and sends.
  const server = await start({ NODE_OPTIONS: '--max-old-space-size=100' })
  const idle = await responseOf(server, user)
  const beingRead = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'FETCH %'`
  // It began before the list was read from the database to its end.
  await expect.poll(async () => (await pool.query(beingRead)).rowCount).toBe(1)
  let bytes = 0
  const response = await responseOf(server, user)
  expect(response.statusCode).toBe(200)
  for await (const chunk of response) bytes += Buffer.byteLength(chunk)
  expect(bytes).toBeGreaterThan(43e6)
  idle.destroy()
  server.child.kill('SIGTERM')
  expect(await server.closed).toBe(0)
})

/** The response to a list, of which nothing is read yet. */
async function responseOf(server: Server, user: string): Promise<IncomingMessage> {
  const request = get(server.url + tasksOf(user), { headers: await bearer(user), agent: false })
  const [response]: IncomingMessage[] = await once(request, 'response')
  if (response === undefined) throw new Error('no response')
  response.on('error', () => {})
  return response
}

test('400 concurrent toggles of one task over REST leave it at version 401', async () => {
  const server = await start()
  const user = newUser()
  const headers = { 'content-type': 'application/json', ...(await bearer(user)) }
  const created = await fetch(server.url + tasksOf(user), { method: 'POST', headers, body: '{"title":"x"}' })
  const { id } = (await created.json()) as { id: number }
  const target = server.url + tasksOf(user, id)
  // A busy machine may refuse some for now (503). They are sent again, with the key of the first attempt.
  const send = persistent(sendTo(server.url))
  const toggle = (n: number) =>
    send('PATCH', `${tasksOf(user, id)}/complete`, { headers: { ...headers, 'idempotency-key': `toggle-${n}` } })
  const answers = await Promise.all(Array.from({ length: 400 }, (_, n) => toggle(n)))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 400 }, () => 200))
  expect(await (await fetch(target, { headers })).json()).toMatchObject({ version: 401, completed: false })
  server.child.kill('SIGTERM')
  expect(await server.closed).toBe(0)
})

const KILLS = trialsOfRun(5)

test(`${KILLS} SIGKILLs during writes lose no acknowledged write`, async () => {
  const user = newUser()
  const headers = { 'content-type': 'application/json', ...(await bearer(user)) }
  const acknowledged = new Set<number>()
  for (let cycle = 0; cycle < KILLS; cycle++) {
    const server = await start()
    let alive = true
    const write = async () => {
      while (alive) {
        const answer = await fetch(server.url + tasksOf(user), { method: 'POST', headers, body: '{"title":"x"}' })
        if (answer.status === 201) acknowledged.add(((await answer.json()) as { id: number }).id)
      }
    }
    const writers = Array.from({ length: 8 }, () => write().catch(() => {}))
    const enough = acknowledged.size + 20 + 10 * cycle
    await until('tasks are written', () => acknowledged.size >= enough)
    server.child.kill('SIGKILL')
    await server.closed
    alive = false
    await Promise.all(writers)
  }
  const stored = await database.db.task.findMany({ where: { user_id: user }, select: { id: true } })
  const ids = new Set(stored.map(({ id }) => id))
  expect(acknowledged.size).toBeGreaterThanOrEqual(20 * KILLS)
  expect([...acknowledged].filter((id) => !ids.has(id))).toEqual([])
  const log = await database.db.change.findMany({
    where: { user_id: user },
    orderBy: { seq: 'asc' },
    select: { seq: true },
  })
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, at) => at + 1))
  expect(log).toHaveLength(stored.length)
})
