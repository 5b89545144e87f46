import { spawn, type ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { get } from 'node:http'
import { fileURLToPath } from 'node:url'
import { newUser, signedToken } from '@taskwire/api/testing'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
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

async function start(): Promise<Server> {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      PORT: '0',
      DATABASE_URL: database.url,
      BETTER_AUTH_SECRET: SECRET,
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
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

async function residentMegabytes({ child }: Server): Promise<number> {
  const text = await readFile(`/proc/${child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(text)?.[1]) / 1024
}

test.runIf(process.platform === 'linux')(
  'a list of 100,000 tasks starts at once and is sent in constant memory, however slow its reader',
  async () => {
    const user = newUser()
    const { db } = database
    await db.$executeRaw`ALTER TABLE taskwire.task DISABLE TRIGGER task_change`
    await db.$executeRaw`
      INSERT INTO taskwire.task (user_id, title, description)
      SELECT ${user}, 'task ' || n, repeat('d', 900) FROM generate_series(1, 100000) n`
    await db.$executeRaw`ALTER TABLE taskwire.task ENABLE TRIGGER task_change`
    await db.$executeRaw`ANALYZE taskwire.task`
    const server = await start()
    const headers = await bearer(user)
    await (await fetch(`${server.url}${tasksOf(user)}?limit=200`, { headers })).text()
    const before = await residentMegabytes(server)
    const lists = [await slowlyRead(server, user), await slowlyRead(server, user), await slowlyRead(server, user)]
    server.child.kill('SIGTERM')
    await server.closed
    console.log({ before, lists })
    for (const { first, megabytes } of lists) {
      expect(megabytes).toBeGreaterThan(100)
      expect(first).toBeLessThan(2000)
    }
    // The first lists grow V8's heap to its working size; a list that were buffered would add its 108 MB each time.
    const [, second, third] = lists.map(({ peak }) => peak)
    expect(third).toBeLessThan((second ?? 0) + 50)
    expect(third).toBeLessThan(before + 300)
  },
)

/** Reads a whole list after a pause of two seconds. Milliseconds to the first byte; megabytes. */
async function slowlyRead(server: Server, user: string): Promise<{ first: number; megabytes: number; peak: number }> {
  const headers = await bearer(user)
  const begun = performance.now()
  let [first, bytes, peak] = [0, 0, 0]
  const watch = setInterval(() => void residentMegabytes(server).then((now) => (peak = Math.max(peak, now))), 100)
  await new Promise<void>((resolve, reject) => {
    get(server.url + tasksOf(user), { headers }, (response) => {
      first = performance.now() - begun
      setTimeout(() => {
        response.on('data', (chunk: Buffer) => (bytes += chunk.length))
        response.on('end', resolve).on('error', reject)
      }, 2000)
    }).on('error', reject)
  })
  clearInterval(watch)
  return { first, megabytes: bytes / 1e6, peak }
}

test('400 concurrent toggles of one task over REST leave it at version 401', async () => {
  const server = await start()
  const user = newUser()
  const headers = { 'content-type': 'application/json', ...(await bearer(user)) }
  const created = await fetch(server.url + tasksOf(user), { method: 'POST', headers, body: '{"title":"x"}' })
  const { id } = (await created.json()) as { id: number }
  const target = server.url + tasksOf(user, id)
  const answers = await Promise.all(
    Array.from({ length: 400 }, () => fetch(`${target}/complete`, { method: 'PATCH', headers })),
  )
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 400 }, () => 200))
  expect(await (await fetch(target, { headers })).json()).toMatchObject({ version: 401, completed: false })
  server.child.kill('SIGTERM')
  expect(await server.closed).toBe(0)
})

test('ten SIGKILLs during writes lose no acknowledged write', async () => {
  const user = newUser()
  const headers = { 'content-type': 'application/json', ...(await bearer(user)) }
  const acknowledged = new Set<number>()
  for (let cycle = 0; cycle < 10; cycle++) {
    const server = await start()
    let alive = true
    const write = async () => {
      while (alive) {
        const answer = await fetch(server.url + tasksOf(user), { method: 'POST', headers, body: '{"title":"x"}' })
        if (answer.status === 201) acknowledged.add(((await answer.json()) as { id: number }).id)
      }
    }
    const writers = Array.from({ length: 8 }, () => write().catch(() => {}))
    await new Promise((resolve) => setTimeout(resolve, 300 + 50 * cycle))
    server.child.kill('SIGKILL')
    await server.closed
    alive = false
    await Promise.all(writers)
  }
  const stored = await database.db.task.findMany({ where: { user_id: user }, select: { id: true } })
  const ids = new Set(stored.map(({ id }) => id))
  expect(acknowledged.size).toBeGreaterThan(100)
  expect([...acknowledged].filter((id) => !ids.has(id))).toEqual([])
  const log = await database.db.change.findMany({
    where: { user_id: user },
    orderBy: { seq: 'asc' },
    select: { seq: true },
  })
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, at) => at + 1))
  expect(log).toHaveLength(stored.length)
})
