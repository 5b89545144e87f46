import { setTimeout as sleep } from 'node:timers/promises'
import { newUser, receiver, signedToken } from '@taskwire/api/testing'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { seededRandom, seedOfRun, trialsOfRun } from '@taskwire/faults'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type ServerProcess } from '../../../testing/replicas/server_process.ts'

const KILLS = trialsOfRun(2)
/** By the environment variable CHANGES, else some hundreds of a short run and 1,000 for each kill of a long one. */
// oxlint-disable-next-line node/no-process-env
const CHANGES = Number(process.env['CHANGES'] ?? Math.max(400, (KILLS - 2) * 1000))
const USERS = 4
const REMINDERS = 2000
/** How many reminders are on their way to a webhook at once. */
const SENT_AT_ONCE = 8
const SEED = seedOfRun()

let database: TestDatabase
let settings: Record<string, string>
let servers: ServerProcess[]
beforeAll(async () => {
  database = await testDatabase()
  settings = { DATABASE_URL: database.url, DATABASE_POOL_MAX: '15', WEBHOOK_ALLOW_PRIVATE: 'true' }
  servers = await Promise.all([startServer(settings), startServer(settings)])
  await Promise.all(servers.map(({ ready }) => ready))
})
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()))
  await database.close()
})

/** Kills one of the servers, by turns, and starts another in its place. */
async function killOne(turn: number): Promise<void> {
  const at = turn % 2
  await servers[at]?.kill()
  const replacement = await startServer(settings)
  servers[at] = replacement
  await replacement.ready
}

/** Sends a request to one of the servers that are up, as often as it takes. */
async function send(user: string, path: string, body?: object, key?: string) {
  const authorization = `Bearer ${await signedToken({ sub: user })}`
  for (let attempts = 0; ; attempts++) {
    const url = `${servers[attempts % 2]?.url}/api/${user}/${path}`
    const headers = { authorization, 'content-type': 'application/json', ...(key ? { 'idempotency-key': key } : {}) }
    const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) }
    const response = await fetch(url, init).catch(() => undefined)
    // oxlint-disable-next-line typescript/no-explicit-any
    if (response?.ok === true) return (await response.json()) as any
    if (attempts > 600) throw new Error(`${path}: ${await response?.text()}`)
    await response?.body?.cancel()
    await sleep(100)
  }
}

/** What a receiver of changes has got from one user: it keeps no requests, a long run has too many. */
interface Tally {
  last: number
  doubles: number
  gaps: string[]
}

function count(tally: Tally, seq: number): void {
  if (seq <= tally.last) tally.doubles++
  else if (seq === tally.last + 1) tally.last = seq
  else tally.gaps.push(`${seq} after ${tally.last}`)
}

/** Writes changes of a user, with a limited lead over the deliveries. */
async function write(user: string, tally: Tally, changes: number): Promise<void> {
  for (let written = 0; written < changes; written += 25) {
    await expect.poll(() => written - tally.last, { timeout: 240_000 }).toBeLessThan(500)
    const operations = Array.from({ length: 25 }, () => ({ do: 'create', title: 'x' }))
    await send(user, 'batch', { operations }, `batch-${written}`)
  }
}

test(`${CHANGES} changes reach their webhooks in order, whichever server is killed ${KILLS} times meanwhile`, async () => {
  const tallies = new Map<string, Tally>(
    Array.from({ length: USERS }, () => [newUser(), { last: 0, doubles: 0, gaps: [] }]),
  )
  const target = await receiver()
  target.answer = (response, { id }) => {
    const [user = '', seq] = id.split(':')
    const tally = tallies.get(user)
    if (tally !== undefined) count(tally, Number(seq))
    target.received.length = 0
    setTimeout(() => response.end(), 5)
  }
  for (const user of tallies.keys()) await send(user, 'webhooks', { url: target.url, events: ['change'] })
  const begun = performance.now()
  const writers = Promise.all([...tallies].map(([user, tally]) => write(user, tally, CHANGES / USERS)))
  writers.catch(() => {})
  const sum = (of: 'last' | 'doubles') => [...tallies.values()].reduce((total, tally) => total + tally[of], 0)
  for (let kill = 0; kill < KILLS; kill++) {
    const enough = ((kill + 1) * CHANGES) / (KILLS + 1)
    await expect.poll(() => sum('last'), { timeout: 240_000 }).toBeGreaterThan(enough)
    await killOne(kill)
  }
  await writers
  await expect.poll(() => sum('last'), { timeout: 240_000 }).toBe(CHANGES)
  const seconds = Math.round((performance.now() - begun) / 1000)
  process.stdout.write(`${CHANGES} changes, ${KILLS} kills, ${sum('doubles')} delivered twice, ${seconds} s\n`)
  for (const { gaps, doubles } of tallies.values()) {
    expect(gaps).toEqual([])
    // At most the event that was in flight at a kill.
    expect(doubles).toBeLessThanOrEqual(KILLS)
  }
  await target.close()
})

test(`${REMINDERS} reminders of one minute fire once each, whichever server is killed meanwhile`, async () => {
  const user = newUser()
  const target = await receiver()
  await send(user, 'webhooks', { url: target.url, events: ['reminder'] })
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
  for (let n = 0; n < REMINDERS; n += 100) {
    const task = { do: 'create', title: 'x', reminders: [tomorrow.slice(0, 16)] }
    await send(user, 'batch', { operations: Array.from({ length: 100 }, () => task) }, `reminders-${n}`)
  }
  const planned = () => database.db.reminder.count({ where: { user_id: user, fire_at: { not: null } } })
  await expect.poll(planned, { timeout: 120_000 }).toBe(REMINDERS)
  // As when their minute comes.
  const at = new Date()
  await database.db.reminder.updateMany({ where: { user_id: user }, data: { fire_at: at } })
  const random = seededRandom(SEED, 'kills')
  const kills = Math.min(KILLS, 4)
  const moments = Array.from({ length: kills }, () => random.int(REMINDERS)).toSorted((one, other) => one - other)
  for (const [kill, moment] of moments.entries()) {
    await expect.poll(() => target.received.length, { timeout: 180_000 }).toBeGreaterThan(moment)
    await killOne(kill)
  }
  await expect.poll(() => new Set(target.received.map(({ id }) => id)).size, { timeout: 180_000 }).toBe(REMINDERS)
  const delivered = Date.now() - at.getTime()
  const doubles = target.received.length - REMINDERS
  process.stdout.write(
    `${REMINDERS} reminders, kills after ${moments.join(', ')} (SEED=${SEED}), ${doubles} delivered twice\n`,
  )
  // At most those that were in flight at a kill.
  expect(doubles).toBeLessThanOrEqual(kills * SENT_AT_ONCE)
  const fired: { fired_at: string }[] = await send(user, 'reminders?state=fired')
  expect(fired).toHaveLength(REMINDERS)
  const delays = fired.map(({ fired_at }) => Date.parse(fired_at) - at.getTime())
  process.stdout.write(
    `fired after ${Math.min(...delays)} to ${Math.max(...delays)} ms, delivered after ${delivered} ms\n`,
  )
  await target.close()
})
