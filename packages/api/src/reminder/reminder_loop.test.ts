import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { receiver, type Receiver } from '../../testing/receiver.ts'
import { newUser, testServices, type Caller, type TestServices } from '../../testing/services.ts'
import type { ReminderFeed, Services } from '../core/services.ts'
import { webhookDeliveries } from '../webhook/delivery_loop.ts'
import { reminderFeed } from './feed.ts'
import { purgeReminders, reminderLoop, type Reminders } from './reminder_loop.ts'

const MINUTE = 60_000

let fixture: TestServices
let feed: ReminderFeed
let services: Services
let reminders: Reminders
let lateOnes = 0
/** The clock of the server. */
let now: Date
let caller: Caller
let user_id: string

beforeAll(async () => {
  fixture = await testServices()
  feed = reminderFeed(fixture.services, { pollMs: 100 })
  services = { ...fixture.services, now: () => now, reminders: feed, allowPrivateWebhooks: true }
  reminders = reminderLoop(services, { onLate: (count) => (lateOnes += count) })
})
afterAll(async () => {
  await reminders.stop()
  feed.close()
  await fixture.close()
})
beforeEach(() => {
  now = new Date('2027-03-01T12:00:00.000Z')
  user_id = newUser()
  caller = fixture.caller(user_id, { services })
})

async function fireAt(time: string): Promise<void> {
  now = new Date(time)
  await reminders.fireDue()
}

/** The reminders that have fired, with the time at which they did. */
async function fired(): Promise<string[]> {
  const { items } = await caller.reminder.list({ state: 'fired', limit: 200 })
  return items.map(({ remind_at, fired_at }) => `${remind_at} ${fired_at}`)
}

async function plannedTask(fields: Partial<Parameters<Caller['task']['create']>[0]> = {}): Promise<number> {
  const { id } = await caller.task.create({ title: 'call', due_date: '2027-03-10', reminders: ['PT0S'], ...fields })
  // Planned before the clock moves on: it would be past when it is set.
  await reminders.fireDue()
  return id
}

test('a reminder fires once, at its time, while its task is pending', async () => {
  await plannedTask({ title: 'one' })
  const completed = await plannedTask()
  const deleted = await plannedTask()
  await fireAt('2027-03-10T08:59:59.999Z')
  expect(await fired()).toEqual([])
  await caller.task.complete({ task_id: completed })
  await caller.task.delete({ task_id: deleted })
  await Promise.all([fireAt('2027-03-10T09:00:00.000Z'), reminders.fireDue()])
  expect(await fired()).toEqual(['2027-03-10T09:00:00.000Z 2027-03-10T09:00:00.000Z'])
  await caller.task.reopen({ task_id: completed })
  await fireAt('2027-03-10T09:00:01.000Z')
  expect(await fired()).toHaveLength(1)
  expect((await caller.reminder.list({ state: 'upcoming' })).items).toEqual([])
})

test('a reminder that was missed by at most a day fires late, an older one never', async () => {
  const before = lateOnes
  await plannedTask({ reminders: ['PT0S', 'PT1M', 'P1D', 'P2D'] })
  await fireAt('2027-03-10T09:00:30.000Z')
  expect((await caller.reminder.list({ state: 'fired' })).items).toMatchObject([
    { remind_at: '2027-03-08T09:00:00.000Z', fired_at: null, late: true },
    { remind_at: '2027-03-09T09:00:00.000Z', fired_at: null, late: true },
    { remind_at: '2027-03-10T08:59:00.000Z', fired_at: '2027-03-10T09:00:30.000Z', late: true },
    { remind_at: '2027-03-10T09:00:00.000Z', fired_at: '2027-03-10T09:00:30.000Z', late: false },
  ])
  expect(lateOnes - before).toBe(1)
  await fireAt('2027-03-10T09:10:00.000Z')
  expect(await fired()).toHaveLength(4)
})

test.each([
  // Clocks go forward at 02:00 and back at 03:00; a time that is skipped moves on, of two equal ones it is the first.
  ['Europe/Berlin', '2027-03-28', '02:30', '2027-03-28T01:30:00.000Z', '2027-03-27T01:30:00.000Z'],
  ['Europe/Berlin', '2027-10-31', '02:30', '2027-10-31T00:30:00.000Z', '2027-10-30T00:30:00.000Z'],
  // Clocks there move by half an hour.
  ['Australia/Lord_Howe', '2027-10-03', '02:15', '2027-10-02T15:45:00.000Z', '2027-10-01T15:45:00.000Z'],
  ['Australia/Lord_Howe', '2027-04-04', '01:45', '2027-04-03T14:45:00.000Z', '2027-04-02T14:45:00.000Z'],
])(
  'in %s on %s at %s it fires at the instant that the clocks show',
  async (due_zone, due_date, due_time, at, dayBefore) => {
    await plannedTask({ due_date, due_time, due_zone, reminders: ['PT0S', 'P1D'] })
    for (const instant of [dayBefore, at]) {
      await fireAt(new Date(Date.parse(instant) - 1).toISOString())
      const before = await fired()
      await fireAt(instant)
      expect(await fired()).toEqual([...before, `${instant} ${instant}`])
    }
  },
)

test('one that was put off fires again then, with another id', async () => {
  const task_id = await plannedTask()
  const target = await receiver()
  await caller.webhook.create({ url: target.url, events: ['reminder'] })
  await fireAt('2027-03-10T09:00:00.000Z')
  const { remind_at } = await caller.reminder.update({
    task_id,
    remind_at: '2027-03-10T09:00:00.000Z',
    snooze: 'PT10M',
  })
  expect(remind_at).toBe('2027-03-10T09:10:00.000Z')
  await fireAt('2027-03-10T09:09:59.000Z')
  expect(await fired()).toHaveLength(1)
  await fireAt('2027-03-10T09:10:00.000Z')
  expect(await fired()).toHaveLength(2)
  await deliver(target)
  expect(target.received.map(({ id }) => id)).toEqual([
    `${user_id}:reminder:${task_id}:2027-03-10T09:00:00.000Z`,
    `${user_id}:reminder:${task_id}:2027-03-10T09:10:00.000Z`,
  ])
  await target.close()
})

async function deliver({ received }: Receiver): Promise<void> {
  const deliveries = webhookDeliveries(services)
  await deliveries.deliverDue()
  await deliveries.stop()
  expect(received.length).toBeGreaterThan(0)
}

test('each webhook that wants reminders gets it once', async () => {
  const target = await receiver()
  const url = (name: string) => `${target.url}/${name}`
  await caller.webhook.create({ url: url('changes'), events: ['change'] })
  await caller.webhook.create({ url: url('both') })
  await caller.webhook.create({ url: url('reminders'), events: ['reminder'] })
  const task_id = await plannedTask({ due_time: '10:00', due_zone: 'Europe/Berlin' })
  await fireAt('2027-03-10T09:00:02.000Z')
  await deliver(target)
  const sent = target.received.filter(({ event }) => event.type === 'reminder.due')
  expect(sent).toHaveLength(2)
  expect(sent[0]?.event.data).toEqual({
    task_id,
    user_id,
    title: 'call',
    due_date: '2027-03-10',
    due_time: '10:00',
    due_zone: 'Europe/Berlin',
    due_at: '2027-03-10T09:00:00.000Z',
    remind_at: '2027-03-10T09:00:00.000Z',
    late: false,
  })
  await target.close()
})

test('a reminder whose delivery disabled the webhook is delivered once it is enabled again', async () => {
  const target = await receiver()
  const { id: webhook_id } = await caller.webhook.create({ url: target.url, events: ['reminder'] })
  await plannedTask()
  await fireAt('2027-03-10T09:00:00.000Z')
  target.answer = 410
  await deliver(target)
  expect(await caller.webhook.get({ webhook_id })).toMatchObject({ enabled: false, disabled_reason: 'gone' })
  target.answer = 200
  await caller.webhook.update({ webhook_id, enabled: true })
  await deliver(target)
  expect(target.received.map(({ id }) => id)).toEqual(Array(2).fill(target.received[0]?.id))
  const { items } = await caller.webhook.deliveries({ webhook_id })
  expect(items).toMatchObject([{ type: 'reminder.due', status: 'delivered', response_status: 200 }])
  await target.close()
})

test('live streams on every replica get it once, beside the changes', async () => {
  const replica = fixture.replica()
  const far = reminderFeed(replica.services, { pollMs: 100 })
  const farServices = { ...replica.services, now: () => now, reminders: far }
  const open = async (on: Services) => {
    const seen: object[] = []
    const stream = await fixture.caller(user_id, { services: on }).change.subscribe({ reminders: true })
    const reading = (async () => {
      for await (const event of stream) seen.push(event)
    })()
    return { seen, reading: Promise.allSettled([reading]) }
  }
  const streams = [await open(services), await open(farServices)]
  const task_id = await plannedTask()
  await fireAt('2027-03-10T09:00:00.000Z')
  for (const { seen } of streams) {
    await expect.poll(() => seen.length).toBe(2)
    const reminder = seen.find((event) => 'remind_at' in event)
    expect(reminder).toMatchObject({ task_id, user_id, remind_at: '2027-03-10T09:00:00.000Z', late: false })
  }
  // A stream that opens now gets only what fires from now on.
  const latest = await open(services)
  await plannedTask({ due_date: '2027-03-11' })
  await fireAt('2027-03-11T09:00:00.000Z')
  // Which of the two comes first is not promised: the log and the reminders are read each by itself.
  for (const { seen } of [...streams, latest]) {
    const last = () => seen.slice(-2).find((event) => 'remind_at' in event)
    await expect.poll(last).toMatchObject({ remind_at: '2027-03-11T09:00:00.000Z' })
  }
  await expect.poll(() => [...streams, latest].map(({ seen }) => seen.length)).toEqual([4, 4, 2])
  fixture.services.feed.close()
  replica.services.feed.close()
  await Promise.all([...streams, latest].map(({ reading }) => reading))
  far.close()
})

test('two replicas fire hundreds of reminders once each', async () => {
  const target = await receiver()
  await caller.webhook.create({ url: target.url, events: ['reminder'] })
  const operations = Array.from({ length: 100 }, (_, n) => ({
    do: 'create' as const,
    title: `task ${n}`,
    due_date: '2027-03-10',
    reminders: ['PT0S', 'PT1M', 'PT2M'],
  }))
  await caller.task.batch({ operations })
  await reminders.fireDue()
  now = new Date('2027-03-10T09:00:00.000Z')
  const replica = reminderLoop(services)
  await Promise.all([reminders.fireDue(), replica.fireDue()])
  await replica.stop()
  await deliver(target)
  expect(new Set(target.received.map(({ id }) => id)).size).toBe(300)
  expect(target.received).toHaveLength(300)
  expect((await caller.reminder.list({ state: 'upcoming' })).items).toEqual([])
  await target.close()
})

test('a loop fires what is due without being asked', async () => {
  const task_id = await plannedTask()
  const loop = reminderLoop(services, { pollMs: 50 })
  now = new Date('2027-03-10T09:00:00.000Z')
  loop.start()
  await expect.poll(fired).toHaveLength(1)
  now = new Date(now.getTime() + MINUTE)
  await caller.reminder.update({ task_id, remind_at: '2027-03-10T09:00:00.000Z', snooze: 'PT1M' })
  now = new Date(now.getTime() + MINUTE)
  await expect.poll(fired).toHaveLength(2)
  await loop.stop()
})

test('reminders of long ago are purged, and those to come are not', async () => {
  await plannedTask({ due_date: '2020-01-01' })
  await plannedTask({ due_date: '2090-01-01' })
  now = new Date('2019-12-01T00:00:00Z')
  await plannedTask({ due_date: '2020-02-01' })
  await fireAt('2020-02-01T09:00:00.000Z')
  expect(await fired()).toHaveLength(1)
  const { db } = fixture.services
  await purgeReminders(db, 30)
  expect(await db.reminder.findMany({ where: { user_id } })).toMatchObject([{ fired_at: null }])
})

test('a reminder of long ago is kept until it has fired, or was found to be missed', async () => {
  now = new Date('2019-12-01T00:00:00Z')
  await plannedTask({ due_date: '2020-02-01' })
  const { db } = fixture.services
  const kept = () => db.reminder.count({ where: { user_id } })
  await purgeReminders(db, 30)
  expect(await kept()).toBe(1)
  await fireAt('2020-02-03T09:00:00.000Z')
  await purgeReminders(db, 30)
  expect(await kept()).toBe(0)
})

test('what is purged is older than the days that are kept, in small statements, until the process stops', async () => {
  const { db } = fixture.services
  const task_id = await plannedTask()
  await db.reminder.deleteMany({ where: { user_id } })
  const ages = [29.99, 30.01, 31, 32, 33]
  const data = ages.map((days) => ({
    user_id,
    task_id,
    remind_at: new Date(Date.now() - days * 86_400_000),
    fired_at: new Date(),
    zones: 'x',
  }))
  await db.reminder.createMany({ data })
  expect(await purgeReminders(db, 30, AbortSignal.abort())).toBe(0)
  expect(await purgeReminders(db, 30, undefined, 2)).toBe(4)
  expect(await db.reminder.count({ where: { user_id } })).toBe(1)
})

test('a stop waits for the reminders that are being fired', async () => {
  const free = Promise.withResolvers<void>()
  let begun = false
  const transact: Services['transact'] = async (work) => {
    begun = true
    await free.promise
    return services.transact(work)
  }
  const loop = reminderLoop({ ...services, transact }, { pollMs: 5 })
  loop.start()
  await expect.poll(() => begun).toBe(true)
  let isStopped = false
  const stopped = loop.stop().then(() => (isStopped = true))
  await new Promise((resolve) => setImmediate(resolve))
  expect(isStopped).toBe(false)
  free.resolve()
  await stopped
})

test('nothing was logged', () => {
  expect(fixture.logged).toEqual([])
})
