import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newUser, testServices, type Caller, type TestServices } from '../../testing/services.ts'
import type { Services } from '../core/services.ts'
import {
  claimReminderMails,
  isUnsubscribeToken,
  purgeReminderMails,
  removeReminderMail,
  retryReminderMail,
  unsubscribe,
  unsubscribeToken,
} from './mail_queue.ts'
import { reminderLoop, type Reminders } from './reminder_loop.ts'

let fixture: TestServices
let services: Services
let reminders: Reminders
/** The clock of the server. */
let now: Date
let user_id: string
let caller: Caller

beforeAll(async () => {
  fixture = await testServices()
  services = { ...fixture.services, now: () => now }
  reminders = reminderLoop(services)
})
afterAll(async () => {
  await reminders.stop()
  await fixture.close()
})
beforeEach(async () => {
  await fixture.services.db.reminderMail.deleteMany()
  now = new Date('2027-03-01T12:00:00.000Z')
  user_id = newUser()
  caller = fixture.caller(user_id, { services })
})

async function createAccount(emailVerified = true): Promise<void> {
  const data = { id: user_id, name: 'Ann', email: `${user_id}@example.com`.toLowerCase(), emailVerified }
  await fixture.services.db.user.create({ data })
}

/** A task whose reminder has fired. */
async function firedTask(): Promise<number> {
  const { id } = await caller.task.create({ title: 'call', due_date: '2027-03-10', reminders: ['PT0S'] })
  await reminders.fireDue()
  now = new Date('2027-03-10T09:00:00.000Z')
  await reminders.fireDue()
  return id
}

async function claimed() {
  return (await claimReminderMails(services)).map(({ to, attempts, event }) => ({ to, attempts, title: event.title }))
}

test('a reminder is queued once for the confirmed address of a user who asks for mail', async () => {
  await createAccount()
  expect(await caller.viewer.update({ remind_by_mail: true })).toEqual({
    time_zone: null,
    remind_time: '09:00',
    remind_by_mail: true,
  })
  await firedTask()
  const claims = (await Promise.all([claimed(), claimed(), claimed()])).flat()
  expect(claims).toEqual([{ to: `${user_id}@example.com`.toLowerCase(), attempts: 0, title: 'call' }])
})

test.each([
  ['has no account here', async () => {}, true],
  ['has an address that is not confirmed', () => createAccount(false), true],
  ['has not asked for mail', () => createAccount(), undefined],
  ['has turned mail off', () => createAccount(), false],
])('nothing is queued for a user who %s', async (_, prepare, remind_by_mail) => {
  await prepare()
  await caller.viewer.update({ remind_by_mail })
  await firedTask()
  expect((await caller.reminder.list({ state: 'fired' })).items).toHaveLength(1)
  expect(await fixture.services.db.reminderMail.count()).toBe(0)
})

async function wantMail(): Promise<void> {
  await createAccount()
  await caller.viewer.update({ remind_by_mail: true })
}

test('a mail whose process died is claimed again, and a failed one at its time', async () => {
  await wantMail()
  await firedTask()
  const [mail] = await claimReminderMails(services)
  now = new Date('2027-03-10T09:09:59.000Z')
  expect(await claimed()).toEqual([])
  now = new Date('2027-03-10T09:10:00.000Z')
  expect(await claimed()).toMatchObject([{ attempts: 1 }])
  if (mail === undefined) throw new Error('no mail')
  // The process was only slow: what it notes now does not shorten the claim of the other.
  await retryReminderMail(services, mail, 60)
  now = new Date('2027-03-10T09:11:00.000Z')
  expect(await claimed()).toEqual([])
  await retryReminderMail(services, { ...mail, attempts: 1 }, 60)
  now = new Date('2027-03-10T09:12:00.000Z')
  expect(await claimed()).toMatchObject([{ attempts: 2 }])
  await removeReminderMail(services, mail)
  expect(await fixture.services.db.reminderMail.count()).toBe(0)
})

test.each([
  ['the task was completed', (task_id: number) => caller.task.complete({ task_id })],
  ['the task was deleted', (task_id: number) => caller.task.delete({ task_id })],
  ['mail was turned off', () => caller.viewer.update({ remind_by_mail: false })],
  [
    'the address is no longer confirmed',
    () => fixture.services.db.user.updateMany({ where: { id: user_id }, data: { emailVerified: false } }),
  ],
  ['it is more than a day old', async () => void (now = new Date('2027-03-11T09:00:00.001Z'))],
])('a mail that waits is removed when %s', async (_, happen) => {
  await wantMail()
  await happen(await firedTask())
  expect(await claimed()).toEqual([])
  expect(await fixture.services.db.reminderMail.count()).toBe(0)
})

test('a user with a hundred waiting mails gets no more', async () => {
  await wantMail()
  const task = { due_date: '2027-03-10', reminders: ['PT0S'] }
  const create = (n: number) => ({ do: 'create' as const, title: `${n}`, ...task })
  for (const from of [0, 100, 200]) {
    await caller.task.batch({ operations: Array.from({ length: 100 }, (_, n) => create(from + n)) })
  }
  await reminders.fireDue()
  now = new Date('2027-03-10T09:00:00.000Z')
  await reminders.fireDue()
  // Two hundred fire at once, before which none waits.
  expect(await fixture.services.db.reminderMail.count({ where: { user_id } })).toBe(200)
})

test('mail of a deleted user, and what no server sent for a day, is gone', async () => {
  await wantMail()
  await firedTask()
  await fixture.services.db.user.deleteMany({ where: { id: user_id } })
  expect(await fixture.services.db.reminderMail.count({ where: { user_id } })).toBe(0)
  user_id = newUser()
  caller = fixture.caller(user_id, { services })
  now = new Date('2027-03-01T12:00:00.000Z')
  await wantMail()
  await firedTask()
  await purgeReminderMails(services)
  expect(await fixture.services.db.reminderMail.count()).toBe(1)
  now = new Date('2027-03-11T10:00:00.001Z')
  await purgeReminderMails(services)
  expect(await fixture.services.db.reminderMail.count()).toBe(0)
})

test('twenty mails are claimed at once, those that failed seldom first', async () => {
  await wantMail()
  const task_id = await firedTask()
  const [first] = await fixture.services.db.reminderMail.findMany({ where: { user_id } })
  const event = first?.event ?? {}
  const next_attempt_at = new Date(now.getTime() - 1000)
  const remind_at = (n: number) => new Date(now.getTime() - n * 60_000)
  const data = Array.from({ length: 20 }, (_, n) => ({
    user_id,
    task_id,
    remind_at: remind_at(n + 1),
    event: event as object,
    attempts: n === 19 ? 0 : 1,
    next_attempt_at,
  }))
  await fixture.services.db.reminderMail.createMany({ data })
  const attempts = (await claimed()).map((mail) => mail.attempts)
  expect(attempts.filter((count) => count === 0)).toHaveLength(2)
  expect(attempts).toHaveLength(20)
  expect(await claimed()).toMatchObject([{ attempts: 1 }])
})

test('a mail that was sent, and the setting of a user who wants none, are theirs alone', async () => {
  await wantMail()
  await firedTask()
  const [ann, annId] = [caller, user_id]
  user_id = newUser()
  caller = fixture.caller(user_id, { services })
  now = new Date('2027-03-01T12:00:00.000Z')
  await wantMail()
  await firedTask()
  const [mail] = (await claimReminderMails(services)).filter(({ event }) => event.user_id === annId)
  if (mail === undefined) throw new Error('no mail')
  await removeReminderMail(services, mail)
  expect(await fixture.services.db.reminderMail.findMany()).toMatchObject([{ user_id }])
  expect(await unsubscribe(services, unsubscribeToken(services, annId))).toBe(true)
  expect(await ann.viewer.settings({})).not.toHaveProperty('remind_by_mail')
  expect(await caller.viewer.settings({})).toHaveProperty('remind_by_mail', true)
})

test('of two reminders of a task that were mailed one is removed, or put off, alone', async () => {
  await wantMail()
  await caller.task.create({ title: 'call', reminders: ['2027-03-10T08:00', '2027-03-10T09:00', '2027-03-10T10:00'] })
  await reminders.fireDue()
  now = new Date('2027-03-10T10:00:00.000Z')
  await reminders.fireDue()
  const mails = await claimReminderMails(services)
  const [, second] = mails.toSorted((a, b) => a.event.remind_at.localeCompare(b.event.remind_at))
  if (second === undefined) throw new Error('no mail')
  const queued = () => fixture.services.db.reminderMail.findMany({ orderBy: { remind_at: 'asc' } })
  const before = await queued()
  await retryReminderMail(services, second, 5)
  expect(await queued()).toEqual([
    before[0],
    { ...before[1], next_attempt_at: new Date(now.getTime() + 5000) },
    before[2],
  ])
  await removeReminderMail(services, second)
  expect(await queued()).toEqual([before[0], before[2]])
})

test('an unsubscribe token turns mail off for its user, and a forged one is nothing', async () => {
  await wantMail()
  const token = unsubscribeToken(services, user_id)
  expect(isUnsubscribeToken(services, token)).toBe(true)
  const forged = [
    `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
    '',
    'x',
    services.cursors.sign('', [user_id]),
  ]
  for (const wrong of forged) {
    expect(isUnsubscribeToken(services, wrong)).toBe(false)
    expect(await unsubscribe(services, wrong)).toBe(false)
  }
  expect(await caller.viewer.settings({})).toHaveProperty('remind_by_mail', true)
  expect(await unsubscribe(services, token)).toBe(true)
  expect(await caller.viewer.settings({})).toEqual({ time_zone: null, remind_time: '09:00' })
})
