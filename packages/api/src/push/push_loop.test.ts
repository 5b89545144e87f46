import { createECDH } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Sql } from '@taskwire/db'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { pushService, type PushService } from '../../testing/services.ts'
import type { Services } from '../core/services.ts'
import { reminderPushes, type PushOptions } from './push_loop.ts'

const pair = createECDH('prime256v1')
const vapid = {
  public_key: pair.generateKeys().toString('base64url'),
  private_key: pair.getPrivateKey().toString('base64url').padStart(43, 'A'),
}
const NOW = Date.parse('2027-03-10T09:00:00.000Z')

let service: PushService
beforeAll(async () => {
  service = await pushService(async () => vapid.public_key)
})
afterAll(() => service.close())
beforeEach(() => {
  service.answer = 201
  service.asked.length = 0
})

interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}

/** A queue that hands out what is in `due`, and what the loop does with it. */
function pushes(options: Partial<PushOptions> = {}) {
  const state = {
    due: [] as object[][],
    /** The limits with which it was asked. */
    limits: [] as unknown[],
    statements: [] as Statement[],
    logged: [] as string[],
    keyReads: 0,
    keysFail: false,
    claimsFail: false,
    claiming: Promise.resolve(),
  }
  const sql = (async (statement: Statement) => {
    if (!statement.text.includes('WITH ranked')) return void state.statements.push(statement)
    state.limits.push(statement.values[1])
    await state.claiming
    if (state.claimsFail) throw new Error('the database does not answer')
    return state.due.shift() ?? []
  }) as unknown as Sql
  const findFirst = async () => {
    state.keyReads++
    if (state.keysFail) throw new Error('the database does not answer')
    return vapid
  }
  const note = (_: object, message: string) => void state.logged.push(message)
  const services = {
    db: { vapidKey: { findFirst } } as unknown as Services['db'],
    sql,
    log: { warn: note, error: note },
    now: () => new Date(NOW),
    allowPrivateWebhooks: true,
  }
  const contact = 'mailto:ops@example.com'
  const loop = reminderPushes(services, { contact, pollMs: 3_600_000, timeoutMs: 300_000, ...options })
  onTestFinished(() => loop.stop())
  return { state, loop }
}

let tasks = 0
/** A push as the queue hands it out. */
function claimed(attempts = 0, user_id = 'ann') {
  const { endpoint, keys } = service.browser()
  const due = { due_date: null, due_time: null, due_zone: null, due_at: null }
  const remind_at = new Date(NOW).toISOString()
  const event = { task_id: ++tasks, user_id, title: 'Call', remind_at, late: false, ...due }
  return { subscription_id: 1, endpoint, ...keys, language: 'en', shows_title: true, attempts, event }
}

/** Lets requests wait until they are answered. */
function held(): ServerResponse[] {
  const responses: ServerResponse[] = []
  service.answer = (response) => void responses.push(response)
  return responses
}

// The first of the file: no other one's timers end meanwhile.
test('a stop leaves neither a timer nor a connection behind', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const opened: Socket[] = []
  const onSocket = (message: unknown) => void opened.push((message as { socket: Socket }).socket)
  subscribe('net.client.socket', onSocket)
  onTestFinished(() => void unsubscribe('net.client.socket', onSocket))
  const { state, loop } = pushes({ stopMs: 300_000 })
  state.due.push([claimed()])
  loop.start()
  await expect.poll(() => state.statements.length).toBe(1)
  // One of them is that of the next look.
  const before = timers()
  await loop.stop()
  expect(timers()).toBeLessThan(before)
  expect(opened.map(({ destroyed }) => destroyed)).toEqual([true])
})

test('the keys of the installation are read once, and again after a read that failed', async () => {
  const { state, loop } = pushes()
  state.keysFail = true
  state.due.push([claimed()])
  await loop.sendDue()
  expect([state.keyReads, state.logged]).toEqual([1, ['a reminder could not be pushed']])
  state.keysFail = false
  state.due.push([claimed(), claimed()], [claimed()])
  await loop.sendDue()
  expect([state.keyReads, service.asked.length]).toEqual([2, 3])
})

test.each([
  [0, 60],
  [1, 300],
  [2, 1800],
  [3, 3600],
  [4, 3600],
  [20, 3600],
])('a push that has failed %d times before waits for %d s, alone', async (attempts, seconds) => {
  const { state, loop } = pushes()
  service.answer = 503
  state.due.push([claimed(attempts)])
  await loop.sendDue()
  expect(state.statements.map(({ values }) => values.slice(4))).toEqual([[new Date(NOW + seconds * 1000), false]])
})

test('where the service says how long, all of the browser wait', async () => {
  const { state, loop } = pushes()
  service.answer = (response) => response.writeHead(429, { 'retry-after': '7' }).end()
  state.due.push([claimed()])
  await loop.sendDue()
  expect(state.statements.map(({ values }) => values.slice(4))).toEqual([[new Date(NOW + 7000), true]])
})

test.each([
  [201, 'DELETE FROM taskwire.push_delivery', []],
  [403, 'DELETE FROM taskwire.push_delivery', ['a push service refused a reminder']],
  [410, 'DELETE FROM taskwire.push_subscription', []],
])('after an answer of %d there is one statement: %s', async (status, statement, logged) => {
  const { state, loop } = pushes()
  service.answer = status
  state.due.push([claimed()])
  await loop.sendDue()
  expect(state.statements.map(({ text }) => text.split(' WHERE')[0])).toEqual([statement])
  expect(state.logged).toEqual(logged)
})

test('a look takes no more than there are places, and none where all are taken', async () => {
  const { state, loop } = pushes({ concurrency: 2 })
  const responses = held()
  state.due.push([claimed()], [claimed()])
  loop.start()
  await expect.poll(() => responses.length).toBe(1)
  loop.notify()
  await expect.poll(() => responses.length).toBe(2)
  expect(state.limits).toEqual([2, 1])
  // A look that finds no place asks for nothing.
  await loop.sendDue()
  expect(state.limits).toEqual([2, 1])
  // The place that becomes free is filled without a poll.
  responses[0]?.end()
  await expect.poll(() => state.limits).toEqual([2, 1, 1])
  for (const response of responses) response.end()
})

test('what fires during a look is looked for right after it', async () => {
  const { state, loop } = pushes()
  const { promise, resolve } = Promise.withResolvers<void>()
  state.claiming = promise
  loop.start()
  await expect.poll(() => state.limits.length).toBe(1)
  loop.notify()
  loop.notify()
  resolve()
  await expect.poll(() => state.limits.length).toBe(2)
})

test('a loop that was not started looks for nothing when reminders fire', async () => {
  const { state, loop } = pushes()
  loop.notify()
  await new Promise((resolve) => void setTimeout(resolve, 1))
  expect(state.limits).toEqual([])
})

test('a database that does not answer is logged once, until it has answered', async () => {
  const { state, loop } = pushes({ pollMs: 1 })
  state.claimsFail = true
  loop.start()
  await expect.poll(() => state.limits.length).toBeGreaterThan(3)
  expect(state.logged).toEqual(['pushes could not be looked for'])
  state.claimsFail = false
  const looks = state.limits.length
  await expect.poll(() => state.limits.length).toBeGreaterThan(looks + 1)
  state.claimsFail = true
  await expect.poll(() => state.logged.length).toBe(2)
})

test('after a stop nothing is looked for, whoever asks', async () => {
  const { state, loop } = pushes({ pollMs: 1 })
  loop.start()
  await expect.poll(() => state.limits.length).toBeGreaterThan(1)
  await loop.stop()
  const looks = state.limits.length
  loop.notify()
  loop.start()
  await loop.sendDue()
  expect(state.limits.length).toBe(looks)
})

test('a stop waits for what is on its way, and records it', async () => {
  const { state, loop } = pushes({ stopMs: 300_000 })
  const responses = held()
  state.due.push([claimed(), claimed()])
  loop.start()
  await expect.poll(() => responses.length).toBe(2)
  const stopped = loop.stop()
  for (const response of responses) response.writeHead(201).end()
  await stopped
  expect(state.statements).toHaveLength(2)
})

test('what a stop interrupts is neither recorded nor logged', async () => {
  const { state, loop } = pushes({ stopMs: 1 })
  const responses = held()
  state.due.push([claimed()])
  loop.start()
  await expect.poll(() => responses.length).toBe(1)
  await loop.stop()
  expect([state.statements, state.logged]).toEqual([[], []])
})
