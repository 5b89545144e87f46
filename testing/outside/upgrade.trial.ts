import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { busyClients, counted } from '../../apps/server/testing/replicas/busy_clients.ts'
import { startServer, type ServerProcess } from '../../apps/server/testing/replicas/server_process.ts'
import { checkOut, type Checkout } from '../../bench/checkout.ts'
import { newUser, signedToken } from '../../packages/api/testing/services.ts'
import { emptyDatabase } from '../../prisma/testing/database.ts'
import { root } from './index.ts'

// A rolling restart to a version with a new migration, as docs/upgrading.md describes it: both versions serve one database
// while the newer one migrates it, and after that.

let former: Checkout
beforeAll(async () => {
  // oxlint-disable-next-line node/no-process-env
  former = await checkOut(process.env['FORMER'] ?? commitBeforeNewestMigration())
})
afterAll(() => former.remove())

/** The last commit whose servers do not know today's newest migration. */
function commitBeforeNewestMigration(): string {
  const migrations = readdirSync(join(root, 'prisma/migrations'), { withFileTypes: true })
  const newest = migrations
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted()
    .at(-1)
  const added = ['log', '--diff-filter=A', '-1', '--format=%H', '--', `prisma/migrations/${newest}`]
  return `${execFileSync('git', added, { cwd: root, encoding: 'utf8' }).trim()}^`
}

interface HttpResponse {
  readonly status: number
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
}

/** A user's requests to any server. */
async function caller(user: string) {
  const authorization = `Bearer ${await signedToken({ sub: user })}`
  return async (server: ServerProcess, call: string, body?: object, key?: string): Promise<HttpResponse> => {
    const [method = '', path = ''] = call.split(' ')
    const headers = { authorization, 'content-type': 'application/json', ...(key ? { 'idempotency-key': key } : {}) }
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    const response = await fetch(`${server.url}/api/${user}/${path}`, init)
    const text = await response.text()
    return { status: response.status, body: text === '' ? null : JSON.parse(text) }
  }
}

/** The ids of the events that a server sends to a user. */
async function events(server: ServerProcess, user: string, signal: AbortSignal): Promise<() => string[]> {
  const headers = { authorization: `Bearer ${await signedToken({ sub: user })}` }
  const response = await fetch(`${server.url}/api/${user}/events`, { headers, signal })
  let text = ''
  const write = (chunk: string) => void (text += chunk)
  const ended = response.body?.pipeThrough(new TextDecoderStream()).pipeTo(new WritableStream({ write }))
  ended?.catch(() => {})
  return () => [...text.matchAll(/^id: *(\d+)$/gm)].map(([, id = '']) => id)
}

const EVERYTHING = {
  title: 'Water the plants',
  description: 'All of them',
  priority: 'high',
  tags: ['home'],
  due_date: '2099-12-01',
  due_time: '09:30',
  due_zone: 'Europe/Berlin',
  start_date: '2099-11-01',
  reminders: ['PT30M'],
  recurrence: { rule: 'FREQ=WEEKLY' },
  checklist: [{ text: 'Kitchen' }],
}

/** What a person does, each write sent to one server, and repeated or undone at the other. */
async function useBoth(one: ServerProcess, other: ServerProcess): Promise<void> {
  const user = newUser()
  const call = await caller(user)
  const leaving = new AbortController()
  const streams = [await events(one, user, leaving.signal), await events(other, user, leaving.signal)]

  const created = await call(one, 'POST tasks', EVERYTHING, 'create')
  expect(created).toMatchObject({ status: 201, body: { title: EVERYTHING.title, version: 1 } })
  expect(await call(other, 'POST tasks', EVERYTHING, 'create')).toEqual(created)
  const { id } = created.body
  const before = await call(other, `GET tasks/${id}`)
  expect(before.body).toEqual(created.body)

  const changed = await call(other, `PATCH tasks/${id}`, { priority: null, reminders: [], title: 'Water them' })
  expect(changed).toMatchObject({ status: 200, body: { title: 'Water them', priority: null, version: 2 } })
  expect((await call(one, 'POST changes/2/undo')).status).toBe(200)
  const { version: _, updated_at: _at, ...restored } = (await call(other, `GET tasks/${id}`)).body
  const { version: _first, updated_at: _then, ...first } = before.body
  expect(restored).toEqual(first)

  expect(await call(one, `PATCH tasks/${id}/complete`)).toMatchObject({ status: 200, body: { completed: true } })
  const next = (await call(other, 'GET tasks?status=pending')).body
  expect(next).toMatchObject([{ title: EVERYTHING.title, due_date: '2099-12-08' }])
  expect(await call(other, `PATCH tasks/${id}/complete`)).toMatchObject({ status: 200, body: { completed: false } })

  const operations = [
    { do: 'create', title: 'One' },
    { do: 'create', title: 'Two' },
  ]
  expect((await call(other, 'POST batch', { operations }, 'batch')).status).toBe(200)
  expect((await call(one, `DELETE tasks/${id}`)).status).toBe(204)
  expect((await call(other, 'GET tasks?status=deleted')).body).toMatchObject(
    [{ id: next[0].id }, { id }].toSorted((a, b) => a.id - b.id).toReversed(),
  )

  const [log, otherLog] = [await call(one, 'GET changes?since=0'), await call(other, 'GET changes?since=0')]
  expect(log).toEqual(otherLog)
  const seqs: string[] = log.body.changes.map(({ seq }: { seq: number }) => String(seq))
  for (const ids of streams) await expect.poll(ids).toEqual(seqs)
  const [list, otherList] = [await call(one, 'GET tasks'), await call(other, 'GET tasks')]
  expect(list.body.map(({ title }: { title: string }) => title)).toEqual(['Two', 'One'])
  expect(list).toEqual(otherList)
  leaving.abort()
}

test('the former version and this one serve a database beside each other', async () => {
  const database = await emptyDatabase()
  const settings = { DATABASE_URL: database.url, DATABASE_POOL_MAX: '15' }
  const start = async (program?: string) => {
    const server = await startServer(settings, undefined, program)
    onTestFinished(() => server.kill())
    return server
  }
  const startFormer = () => start(join(former.path, 'apps/server/src/main.ts'))
  const old = await startFormer()
  await old.ready
  const user = newUser()
  const clients = await busyClients({ url: old.url, user })
  await expect.poll(() => clients.created.length).toBeGreaterThan(100)

  const today = await start()
  await today.ready
  const atMigration = clients.created.length
  await useBoth(old, today)
  await useBoth(today, old)
  const late = await startFormer()
  await late.ready
  await useBoth(late, today)
  await expect.poll(() => clients.created.length).toBeGreaterThan(atMigration + 100)
  await clients.end()

  // A migration may hold up writes for so long that they are refused, and the client repeats them.
  const { 201: created, 503: refused = 0, ...others } = counted(clients.outcomes)
  expect(others).toEqual({})
  const call = await caller(user)
  const titles = (await call(today, 'GET tasks')).body.map(({ title }: { title: string }) => title)
  expect(titles.toSorted()).toEqual(clients.created.toSorted())
  process.stdout.write(`beside ${former.name}: ${created} tasks created, ${refused} requests refused for the moment\n`)
  for (const server of [late, old, today]) {
    expect(await server.stop()).toBe(0)
    expect(server.errors).toEqual([])
  }
  await database.drop()
})
