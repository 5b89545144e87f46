import { afterAll, beforeAll, expect, test } from 'vitest'
import { planByOwnZones } from './plan.ts'
import { apiErrorOf, newUser, testServices, type TestServices } from '../../testing/services.ts'

let fixture: TestServices
beforeAll(async () => {
  fixture = await testServices()
})
afterAll(() => fixture.close())

type Caller = ReturnType<TestServices['caller']>

/** The instants of a user's reminders to come. */
async function upcoming({ reminder }: Caller): Promise<string[]> {
  return (await reminder.list({ state: 'upcoming' })).items.map(({ remind_at }) => remind_at)
}

test('the reminders of a task are listed as soon as it is written', async () => {
  const caller = fixture.caller(newUser())
  const task = await caller.task.create({
    title: 'call',
    due_date: '2090-03-01',
    due_time: '10:00',
    due_zone: 'Europe/Berlin',
    reminders: ['PT30M', 'P1D', '2090-02-01T08:00'],
  })
  const listed = { task_id: task.id, title: 'call', fired_at: null, seen_at: null, late: false }
  expect(await caller.reminder.list({})).toEqual({
    items: ['2090-02-01T07:00:00.000Z', '2090-02-28T09:00:00.000Z', '2090-03-01T08:30:00.000Z'].map((remind_at) => ({
      ...listed,
      remind_at,
    })),
    next_cursor: null,
  })
  expect((await caller.reminder.list({ state: 'fired' })).items).toEqual([])
})

test('pages follow each other without a gap', async () => {
  const caller = fixture.caller(newUser())
  for (let day = 1; day <= 5; day++) {
    await caller.task.create({ title: 'x', reminders: [`2090-01-0${day}T08:00`, '2090-06-01T08:00'] })
  }
  const seen: string[] = []
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await caller.reminder.list({ limit: 3, ...(cursor === undefined ? {} : { cursor }) })
    seen.push(...page.items.map(({ task_id, remind_at }) => `${task_id} ${remind_at}`))
    cursor = page.next_cursor
  }
  expect(new Set(seen).size).toBe(10)
  expect(seen).toHaveLength(10)
})

test('they move with the task, and go with its completion, its deletion and its reminders', async () => {
  const caller = fixture.caller(newUser())
  const { task } = caller
  const { id: task_id } = await task.create({ title: 'x', due_date: '2090-03-01', reminders: ['P1D'] })
  expect(await upcoming(caller)).toEqual(['2090-02-28T09:00:00.000Z'])
  await task.update({ task_id, due_date: '2090-03-11' })
  expect(await upcoming(caller)).toEqual(['2090-03-10T09:00:00.000Z'])
  await task.complete({ task_id })
  expect(await upcoming(caller)).toEqual([])
  await task.reopen({ task_id })
  expect(await upcoming(caller)).toEqual(['2090-03-10T09:00:00.000Z'])
  await task.delete({ task_id })
  expect(await upcoming(caller)).toEqual([])
  const { next } = await caller.change.list({})
  await caller.change.undo({ seq: next })
  expect(await upcoming(caller)).toEqual(['2090-03-10T09:00:00.000Z'])
  await task.update({ task_id, reminders: [] })
  expect(await upcoming(caller)).toEqual([])
})

test("a floating time is in the user's zone, and moves when they change it", async () => {
  const caller = fixture.caller(newUser())
  await caller.task.create({ title: 'x', due_date: '2090-01-15', reminders: ['PT0S'] })
  await caller.task.create({ title: 'y', due_date: '2090-01-15', due_time: '12:00', reminders: ['PT0S'] })
  expect(await upcoming(caller)).toEqual(['2090-01-15T09:00:00.000Z', '2090-01-15T12:00:00.000Z'])
  await caller.viewer.update({ time_zone: 'Asia/Tokyo' })
  expect(await upcoming(caller)).toEqual(['2090-01-15T00:00:00.000Z', '2090-01-15T03:00:00.000Z'])
  await caller.viewer.update({ remind_time: '07:15' })
  expect(await upcoming(caller)).toEqual(['2090-01-14T22:15:00.000Z', '2090-01-15T03:00:00.000Z'])
})

test('reminders that another time zone database has planned are planned again', async () => {
  const caller = fixture.caller(newUser())
  const { id: task_id } = await caller.task.create({ title: 'x', due_date: '2090-01-15', reminders: ['PT0S'] })
  expect(await upcoming(caller)).toHaveLength(1)
  const { db, sql } = fixture.services
  const at = new Date('2090-01-15T08:00:00Z')
  await db.reminder.updateMany({ where: { task_id }, data: { zones: '2001a', remind_at: at, fire_at: at } })
  expect(await upcoming(caller)).toEqual([at.toISOString()])
  await planByOwnZones({ sql })
  expect(await upcoming(caller)).toEqual(['2090-01-15T09:00:00.000Z'])
})

test('one that is past when it is set is not planned', async () => {
  const caller = fixture.caller(newUser())
  await caller.task.create({ title: 'x', reminders: ['2020-01-01T08:00', '2090-01-01T08:00'] })
  expect((await caller.reminder.list({})).items.map(({ remind_at }) => remind_at)).toEqual(['2090-01-01T08:00:00.000Z'])
})

test('a write of a task without reminders notes nothing', async () => {
  const user_id = newUser()
  const { task } = fixture.caller(user_id)
  const { id: task_id } = await task.create({ title: 'x', due_date: '2090-01-15' })
  await task.update({ task_id, due_date: '2090-01-16' })
  const other = await task.create({ title: 'y', due_date: '2090-01-15', reminders: ['PT0S'] })
  const unplanned = () => fixture.services.db.unplannedTask.findMany({ where: { user_id } })
  expect(await unplanned()).toMatchObject([{ task_id: other.id }])
  await fixture.caller(user_id).reminder.list({})
  await task.update({ task_id: other.id, title: 'z' })
  expect(await unplanned()).toEqual([])
})

test('a reminder is marked as seen once', async () => {
  const { task, reminder } = fixture.caller(newUser())
  const { id: task_id } = await task.create({ title: 'x', reminders: ['2090-01-01T08:00'] })
  const seen = await reminder.update({ task_id, remind_at: '2090-01-01T09:00:00+01:00', seen: true })
  expect(seen).toMatchObject({ task_id, remind_at: '2090-01-01T08:00:00.000Z', seen_at: expect.any(String) })
  expect(await reminder.update({ task_id, remind_at: seen.remind_at, seen: true })).toEqual(seen)
})

test('a reminder that is put off reminds at another time instead, and the last time counts', async () => {
  const caller = fixture.caller(newUser())
  const { id: task_id } = await caller.task.create({ title: 'x', reminders: ['2090-01-01T08:00'] })
  const remind_at = '2090-01-01T08:00:00.000Z'
  const before = Date.now()
  const first = await caller.reminder.update({ task_id, remind_at, snooze: 'PT10M' })
  expect(first).toMatchObject({ task_id, title: 'x', fired_at: null, seen_at: null, late: false })
  expect(Date.parse(first.remind_at) - before).toBeGreaterThanOrEqual(600_000)
  const second = await caller.reminder.update({ task_id, remind_at, snooze: 'P2D' })
  expect(await upcoming(caller)).toEqual([second.remind_at])
  await caller.task.update({ task_id, title: 'y', reminders: ['2090-01-01T08:00', '2091-01-01T08:00'] })
  expect(await upcoming(caller)).toEqual([second.remind_at, '2091-01-01T08:00:00.000Z'])
  await caller.task.complete({ task_id })
  expect(await upcoming(caller)).toEqual([])
  const { reason } = await apiErrorOf(caller.reminder.update({ task_id, remind_at, snooze: 'PT10M' }))
  expect(reason).toBe('item_not_found')
})

test.each([
  { seen: true, snooze: 'PT10M' },
  {},
  { seen: false },
  { snooze: 'PT0S' },
  { snooze: 'P29D' },
  { snooze: '10 minutes' },
])('%j is no update of a reminder', async (input) => {
  const { task, reminder } = fixture.caller(newUser())
  const { id: task_id } = await task.create({ title: 'x', reminders: ['2090-01-01T08:00'] })
  const call = reminder.update({ task_id, remind_at: '2090-01-01T08:00:00.000Z', ...(input as { seen: true }) })
  expect((await apiErrorOf(call)).reason).toBe('validation_failed')
})

test.each(['2090-01-01T08:00:01Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59-12:00'])(
  'there is no reminder at %s',
  async (remind_at) => {
    const { task, reminder } = fixture.caller(newUser())
    const { id: task_id } = await task.create({ title: 'x', reminders: ['2090-01-01T08:00'] })
    expect((await apiErrorOf(reminder.update({ task_id, remind_at, seen: true }))).reason).toBe('item_not_found')
  },
)

test.each([
  ['Europe/Berlin', 'P1D', '2027-03-28T10:30:00.000Z'],
  ['Europe/Berlin', 'P1DT2H', '2027-03-28T12:30:00.000Z'],
  ['Europe/Berlin', 'PT24H', '2027-03-28T11:30:00.000Z'],
  ['Europe/Berlin', 'PT1M', '2027-03-27T11:31:00.000Z'],
  [null, 'P1D', '2027-03-28T11:30:00.000Z'],
  ['Europe/Berlin', 'P28D', '2027-04-24T10:30:00.000Z'],
])('in the zone %s a reminder that is put off by %s reminds at %s', async (time_zone, snooze, again) => {
  // The night before clocks go forward.
  const now = () => new Date('2027-03-27T11:30:00.000Z')
  const { task, reminder, viewer } = fixture.caller(newUser(), { services: { ...fixture.services, now } })
  await viewer.update({ time_zone })
  const { id: task_id } = await task.create({ title: 'x', reminders: ['2090-01-01T08:00'] })
  const [planned] = (await reminder.list({})).items
  const remind_at = planned?.remind_at ?? ''
  expect(await reminder.update({ task_id, remind_at, snooze })).toMatchObject({ remind_at: again })
})

test('a reminder that was put off and has fired stays, when the first one is put off anew', async () => {
  const user_id = newUser()
  const { task, reminder } = fixture.caller(user_id)
  const { id: task_id } = await task.create({ title: 'x', reminders: ['2090-01-01T08:00'] })
  const remind_at = '2090-01-01T08:00:00.000Z'
  const { db } = fixture.services
  const { remind_at: first } = await reminder.update({ task_id, remind_at, snooze: 'PT10M' })
  await db.reminder.updateMany({ where: { user_id, remind_at: first }, data: { fire_at: null, fired_at: first } })
  const { remind_at: second } = await reminder.update({ task_id, remind_at, snooze: 'PT20M' })
  expect((await reminder.list({ state: 'fired' })).items.map((one) => one.remind_at)).toEqual([first])
  expect((await reminder.list({ state: 'upcoming' })).items.map((one) => one.remind_at)).toEqual([second])
  const [stored] = await db.reminder.findMany({ where: { user_id, remind_at } })
  expect(stored).toMatchObject({ fire_at: null, seen_at: expect.any(Date) })
})

test('what another user has put off stays, even of a task with the same id', async () => {
  const [user_id, other] = [newUser(), newUser()]
  const { task, reminder } = fixture.caller(user_id)
  const { id: task_id } = await task.create({ title: 'x', reminders: ['2090-01-01T08:00'] })
  const { db } = fixture.services
  await db.$executeRaw`INSERT INTO taskwire.task (user_id, id, title) VALUES (${other}, ${task_id}, 'theirs')`
  const [remind_at, until] = ['2090-01-01T08:00:00.000Z', '2090-01-02T08:00:00.000Z']
  const stored = { user_id: other, task_id, snooze_of: null, seen_at: null, zones: 'x' }
  await db.reminder.createMany({
    data: [
      { ...stored, remind_at, fire_at: remind_at },
      { ...stored, remind_at: until, snooze_of: remind_at, fire_at: until },
    ],
  })
  const theirs = () => db.reminder.findMany({ where: { user_id: other }, orderBy: { remind_at: 'asc' } })
  const before = await theirs()
  await reminder.update({ task_id, remind_at, seen: true })
  await reminder.update({ task_id, remind_at, snooze: 'PT10M' })
  expect(await theirs()).toEqual(before)
})

test('a page has fifty reminders, and its cursor belongs to the user and the state', async () => {
  const user_id = newUser()
  const { task, reminder } = fixture.caller(user_id)
  const { id: task_id } = await task.create({ title: 'x' })
  const instants = Array.from({ length: 51 }, (_, n) => new Date(Date.UTC(2090, 0, 1, 0, n)))
  const data = instants.map((at) => ({ user_id, task_id, remind_at: at, fire_at: at, zones: 'x' }))
  await fixture.services.db.reminder.createMany({ data })
  const { items, next_cursor } = await reminder.list({ state: 'upcoming' })
  expect(items).toHaveLength(50)
  const cursor = next_cursor ?? ''
  const rest = await reminder.list({ state: 'upcoming', cursor })
  expect(rest).toMatchObject({ items: [{ remind_at: instants[50]?.toISOString() }], next_cursor: null })
  for (const call of [
    () => reminder.list({ cursor }),
    () => reminder.list({ state: 'fired', cursor }),
    () => fixture.caller(newUser()).reminder.list({ state: 'upcoming', cursor }),
  ]) {
    expect((await apiErrorOf(call())).reason).toBe('validation_failed')
  }
})

test('nothing was logged', () => {
  expect(fixture.logged).toEqual([])
})
