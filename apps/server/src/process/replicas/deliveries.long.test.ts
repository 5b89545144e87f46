import { setTimeout as sleep } from 'node:timers/promises'
import { newUser, receiver, signedToken } from '@taskwire/api/testing'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { trialsOfRun } from '@taskwire/faults'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type ServerProcess } from '../../../testing/replicas/server_process.ts'

const KILLS = trialsOfRun(2)
const REMINDERS = 2000

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

test(`${KILLS} kills during delivery lose no change and leave the order`, async () => {
  const user = newUser()
  const target = await receiver()
  target.answer = (response) => void setTimeout(() => response.end(), 5)
  await send(user, 'webhooks', { url: target.url, events: ['change'] })
  let writing = true
  let written = 0
  const writer = (async () => {
    while (writing) {
      // Writing is faster than delivering: what is left at the end would take for ever.
      await expect.poll(() => written - target.received.length, { timeout: 120_000 }).toBeLessThan(500)
      const operations = Array.from({ length: 25 }, () => ({ do: 'create', title: 'x' }))
      await send(user, 'batch', { operations }, `batch-${written}`)
      written += 25
    }
  })()
  writer.catch(() => {})
  for (let kill = 0; kill < KILLS; kill++) {
    const before = target.received.length
    await expect.poll(() => target.received.length, { timeout: 120_000 }).toBeGreaterThan(before + 20)
    await killOne(kill)
  }
  writing = false
  await writer
  await expect.poll(() => new Set(target.received.map(({ id }) => id)).size, { timeout: 240_000 }).toBe(written)
  const first = [...new Set(target.received.map(({ event }) => Number(event.data.seq)))]
  expect(first).toEqual(Array.from({ length: written }, (_, n) => n + 1))
  const doubles = target.received.length - written
  process.stdout.write(`${written} changes, ${KILLS} kills, ${doubles} delivered twice\n`)
  // At most the event that was in flight at a kill.
  expect(doubles).toBeLessThanOrEqual(KILLS)
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
  await expect.poll(() => target.received.length, { timeout: 120_000 }).toBeGreaterThan(10)
  const kills = Math.min(KILLS, 4)
  for (let kill = 0; kill < kills; kill++) await killOne(kill)
  await expect.poll(() => new Set(target.received.map(({ id }) => id)).size, { timeout: 180_000 }).toBe(REMINDERS)
  const doubles = target.received.length - REMINDERS
  process.stdout.write(`${REMINDERS} reminders, ${kills} kills, ${doubles} delivered twice\n`)
  expect(doubles).toBeLessThanOrEqual(kills)
  const fired: { fired_at: string }[] = await send(user, 'reminders?state=fired')
  expect(fired).toHaveLength(REMINDERS)
  const delays = fired.map(({ fired_at }) => Date.parse(fired_at) - at.getTime())
  process.stdout.write(`fired after ${Math.min(...delays)} to ${Math.max(...delays)} ms\n`)
  await target.close()
})
