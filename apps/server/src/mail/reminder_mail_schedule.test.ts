import { newUser, fireRemindersAt } from '@taskwire/api/testing'
import type { Services } from '@taskwire/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testServer, type TestServer } from '../../testing/server.ts'
import { reminderMailLoop } from './reminder_mail_loop.ts'

// When mails of reminders are tried again, and what ends with a stop.

const DUE = '2099-03-10T09:00:00.000Z'
let server: TestServer
let services: Services
let now = new Date(DUE)
const lines: string[] = []
beforeAll(async () => {
  server = await testServer()
  const note = (_details: object, message: string) => void lines.push(message)
  services = {
    ...server.fixture.services,
    now: () => now,
    log: { error: note, warn: note },
    publicUrl: 'https://t.example',
  }
})
afterAll(() => server.close())

async function dueReminder(): Promise<void> {
  now = new Date(DUE)
  const id = newUser()
  const data = { id, name: 'Ann', email: `${id}@example.com`.toLowerCase(), emailVerified: true }
  await services.db.user.create({ data })
  const send = server.as(id)
  await send('PATCH', `/api/${id}/settings`, { body: { remind_by_mail: true } })
  const body = { title: 'x', due_date: '2099-03-10', due_time: '09:00', reminders: ['PT0S'] }
  await send('POST', `/api/${id}/tasks`, { body })
  await fireRemindersAt(services, DUE)
}

const refusal = (fields: object) => Object.assign(new Error('no'), fields)

test('a mail is tried again after a minute, five, thirty, and then each hour', async () => {
  await dueReminder()
  let attempts = 0
  const sendMail = async () => {
    attempts++
    throw refusal({ responseCode: 451 })
  }
  const loop = reminderMailLoop(services, { sendMail })
  await loop.sendDue()
  for (const seconds of [60, 300, 1800, 3600, 3600]) {
    const before = attempts
    now = new Date(now.getTime() + seconds * 1000 - 1)
    await loop.sendDue()
    expect(attempts, `${seconds} s less a millisecond`).toBe(before)
    now = new Date(now.getTime() + 1)
    await loop.sendDue()
    expect(attempts, `${seconds} s`).toBe(before + 1)
  }
  await services.db.reminderMail.deleteMany({})
})

test.each([
  ['a recipient that does not exist', { responseCode: 550, command: 'RCPT TO' }, 0],
  ['a text that is refused', { responseCode: 554, command: 'DATA' }, 0],
  ['a sender that is refused', { responseCode: 550, command: 'MAIL FROM' }, 1],
  ['a sign-in that is refused', { responseCode: 535, command: 'AUTH PLAIN' }, 1],
  ['a recipient that is refused for now', { responseCode: 450, command: 'RCPT TO' }, 1],
])('after %s the mail waits, or is given up', async (_what, failure, left) => {
  await dueReminder()
  await reminderMailLoop(services, { sendMail: () => Promise.reject(refusal(failure)) }).sendDue()
  expect(await services.db.reminderMail.count()).toBe(left)
  await services.db.reminderMail.deleteMany({})
})

/** A loop whose looks at the database the test lets fail. */
function watchedLoop() {
  const state = { looks: 0, isAway: false }
  const sql: Services['sql'] = (statement) => {
    state.looks++
    if (state.isAway) return Promise.reject(new Error('the database is away'))
    return services.sql(statement)
  }
  const loop = reminderMailLoop({ ...services, sql }, { sendMail: async () => {} }, { pollMs: 1 })
  return { state, loop }
}

test('a database that is away is logged once, looked for again, and logged again after it was there', async () => {
  lines.length = 0
  const { state, loop } = watchedLoop()
  const pass = async (count: number) => {
    const { looks } = state
    await expect.poll(() => state.looks).toBeGreaterThan(looks + count)
  }
  state.isAway = true
  loop.start()
  await pass(3)
  expect(lines).toEqual(['mail of reminders could not be looked for'])
  state.isAway = false
  await pass(2)
  state.isAway = true
  await pass(3)
  expect(lines).toHaveLength(2)
  await loop.stop()
})

test('after a stop nothing is looked for, also if it comes before the first look', async () => {
  const { state, loop } = watchedLoop()
  loop.start()
  await expect.poll(() => state.looks).toBeGreaterThan(1)
  await loop.stop()
  const { looks } = state
  await loop.sendDue()
  loop.start()
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(state.looks).toBe(looks)
  const other = watchedLoop()
  other.loop.start()
  await other.loop.stop()
  expect(other.state.looks).toBe(0)
})

test('a stop waits for the mail that is being sent, and begins no other', async () => {
  await dueReminder()
  await dueReminder()
  const taken = Promise.withResolvers<void>()
  let begun = 0
  const sendMail = () => {
    begun++
    return taken.promise
  }
  const loop = reminderMailLoop(services, { sendMail }, { stopMs: 86_400_000 })
  loop.start()
  await expect.poll(() => begun).toBe(1)
  let isStopped = false
  const stopped = loop.stop().then(() => (isStopped = true))
  await new Promise(setImmediate)
  expect(isStopped).toBe(false)
  taken.resolve()
  await stopped
  expect([begun, await services.db.reminderMail.count()]).toEqual([1, 1])
})
