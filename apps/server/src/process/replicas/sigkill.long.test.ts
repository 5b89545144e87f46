import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { brokenLinks, newUser } from '@taskwire/api/testing'
import { openDatabase } from '@taskwire/db'
import { startEmbedded } from '@taskwire/db/embedded'
import { trialsOfRun } from '@taskwire/faults'
import type { Change } from '@taskwire/api'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { findPort } from '../port.ts'
import { tasksOf, type TestResponse, type Send } from '../../../testing/server.ts'
import { callerAt, logOf, persistent } from '../../../testing/replicas/caller.ts'
import { each, pick } from '../../../testing/replicas/chance.ts'
import { apply, copyOf, type Copy } from '../../../testing/replicas/copy.ts'
import { eventsAt } from '../../../testing/replicas/events.ts'
import { startServer, type ServerProcess } from '../../../testing/replicas/server_process.ts'

const CYCLES = trialsOfRun(25)
const WRITERS = 8

let dataDir: string
let port: number
let url: string
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'taskwire-killed-'))
  // If the tests run as root, the embedded server's account needs access.
  await chmod(dataDir, 0o755)
  port = await findPort('127.0.0.1', 0)
  url = `http://127.0.0.1:${port}`
})
afterAll(async () => {
  // After a failed trial its database is still running; the last process to disconnect stops it.
  await (await startEmbedded({ dataDir })).stop()
  await rm(dataDir, { recursive: true, force: true })
})

let latest: ServerProcess | undefined
afterEach(() => latest?.kill())

async function start(): Promise<ServerProcess> {
  latest = await startServer({ TASKWIRE_DATA_DIR: dataDir }, port)
  return latest
}

/** The start time of the database. Call it while a server runs; otherwise disconnecting would stop the database. */
async function databaseStart(): Promise<string | undefined> {
  const embedded = await startEmbedded({ dataDir })
  const { pool, close } = openDatabase({ url: embedded.url, poolMax: 1, waitMs: 60_000 })
  const { rows } = await pool.query<{ at: string }>('SELECT pg_postmaster_start_time()::text AS at')
  await close()
  await embedded.stop()
  return rows[0]?.at
}

/** An acknowledged write. */
interface AcknowledgedWrite {
  readonly again: () => Promise<TestResponse>
  readonly answer: TestResponse
  readonly task_id: number
  /** When its first attempt failed; undefined if that succeeded. */
  readonly lost: number | undefined
}

/** A writer that keeps a few tasks of its own and writes them one after the other, each write with a key. */
async function* writer(name: number, user: string, send: Send): AsyncGenerator<AcknowledgedWrite> {
  let mine: { id: number; version: number }[] = []
  for (let n = 0; ; n++) {
    const task = mine.length < 3 ? undefined : mine[pick(mine.length)]
    const headers = { 'idempotency-key': `${name}-${n}`, ...(task && { 'if-match': `"${task.version}"` }) }
    const body = { title: `task ${name}-${n}` }
    const isGone = task !== undefined && n % 10 === 9
    let lost: number | undefined
    const again = () => {
      const sender = persistent(send, () => (lost ??= Date.now()))
      if (task === undefined) return sender('POST', tasksOf(user), { headers, body })
      if (isGone) return sender('DELETE', tasksOf(user, task.id), { headers })
      if (n % 2 === 0) return sender('PATCH', tasksOf(user, task.id, '/complete'), { headers })
      return sender('PUT', tasksOf(user, task.id), { headers, body })
    }
    const answer = await again()
    expect(answer.status).toBe(task === undefined ? 201 : isGone ? 204 : 200)
    if (task !== undefined) mine = mine.filter(({ id }) => id !== task.id)
    if (!isGone) mine.push(answer.json)
    yield { again, answer, task_id: task?.id ?? answer.json.id, lost }
  }
}

test(`${CYCLES} SIGKILLs of the server during writes lose no acknowledged write, duplicate none and leave no gap in the log`, async () => {
  const user = newUser()
  const send = await callerAt(url, user)
  const done: AcknowledgedWrite[] = []
  const next = { at: 1, reached: () => {} }
  let isOver = false

  async function write(name: number): Promise<void> {
    for await (const one of writer(name, user, send)) {
      if (done.push(one) >= next.at) next.reached()
      if (isOver) return
    }
  }

  async function listen(): Promise<Copy> {
    const copy: Copy = new Map()
    for (let last = 0; ; await sleep(50)) {
      for await (const { id, change } of eventsAt(url, user, last)) {
        expect(id).toBe(++last)
        apply(copy, change)
        if (change.after?.title === 'the end') return copy
      }
    }
  }

  let server = await start()
  await server.ready
  const since = await databaseStart()
  const writing = each(WRITERS, WRITERS, write)
  const listening = listen()
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    const written = new Promise<void>((resolve) => (next.reached = resolve))
    next.at = done.length + 1 + pick(200)
    await Promise.race([written, writing, listening])
    await server.kill()
    // Some of the next processes are killed during startup too.
    if (cycle % 10 === 9) await killDuringStartup()
    server = await start()
  }
  isOver = true
  await writing
  await persistent(send)('POST', tasksOf(user), { body: { title: 'the end' } })
  const copy = await listening

  // The database has kept running throughout.
  expect(await databaseStart()).toBe(since)
  const log = await logOf(send, user)
  expect(log).toHaveLength(done.length + 1)
  expect(brokenLinks(log)).toEqual([])
  const changes = new Map(log.map((change) => [nameOf(change), change]))
  expect(new Set(done.map(nameOfWrite)).size).toBe(done.length)
  for (const one of done) {
    const change = changes.get(nameOfWrite(one))
    expect(change).toBeDefined()
    expect(change?.after).toEqual(one.answer.json ?? null)
  }

  const { json: tasks } = await persistent(send)('GET', tasksOf(user))
  const rebuilt: Copy = new Map()
  for (const change of log) apply(rebuilt, change)
  expect(rebuilt).toEqual(copyOf(tasks))
  expect(copy).toEqual(rebuilt)

  // A retry gets the original response, whatever has happened to the task since.
  const lost = done.filter((one) => one.lost !== undefined)
  await each(lost.length, WRITERS, async (n) => {
    const { status, text } = (await lost[n]?.again()) ?? {}
    expect([status, text]).toEqual([lost[n]?.answer.status, lost[n]?.answer.text])
  })
  expect((await persistent(send)('GET', `/api/${user}/changes`)).json.next).toBe(log.length)
  // Each kill hit requests in flight.
  expect(lost.length).toBeGreaterThanOrEqual(CYCLES)

  expect(await server.stop()).toBe(0)
  expect(server.errors).toEqual([])
})

test('a conversation continues after its server was killed', async () => {
  const user = newUser()
  const send = await callerAt(url, user)
  const say = async (message: string, conversation_id?: number) =>
    (await send('POST', `/api/${user}/chat`, { body: { message, conversation_id } })).json
  const first = await start()
  await first.ready
  const { conversation_id } = await say('add a task to buy milk')
  await say('add a task to call mom', conversation_id)
  const ids = (await send('GET', tasksOf(user))).json.map(({ id }: { id: number }) => id)
  const asked = await say(`delete tasks ${ids.join(' and ')}`, conversation_id)
  expect(asked.response).toContain('Waiting for your confirmation')
  await first.kill()
  const second = await start()
  await second.ready
  expect(await say('yes', conversation_id)).toMatchObject({ conversation_id, tool_calls: [{}, {}] })
  expect((await send('GET', tasksOf(user))).json).toEqual([])
  expect(await second.stop()).toBe(0)
})

async function killDuringStartup(): Promise<void> {
  const server = await start()
  await Promise.race([server.ready, sleep(pick(800))])
  await server.kill()
}

/** Names a version of a task, which exactly one write made, or the task's only deletion. */
function nameOf({ task_id, after }: Pick<Change, 'task_id' | 'after'>): string {
  return `${task_id} ${after?.version ?? 'deleted'}`
}

function nameOfWrite({ task_id, answer }: AcknowledgedWrite): string {
  return nameOf({ task_id, after: answer.json ?? null })
}
