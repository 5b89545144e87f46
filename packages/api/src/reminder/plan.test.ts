import { afterAll, beforeEach, expect, test } from 'vitest'
import { newUser, testServices, type Caller } from '../../testing/services.ts'
import { planByOwnZones, planReminders, planUser, zones } from './plan.ts'

const api = await testServices()
afterAll(api.close)
const { db } = api.services

let user_id: string
let caller: Caller
beforeEach(async () => {
  await db.unplannedTask.deleteMany()
  user_id = newUser()
  caller = api.caller(user_id)
})

const DUE = { due_date: '2099-03-10', reminders: ['PT0S'] }
const AT = new Date('2099-03-10T09:00:00.000Z')
const planned = async (of = user_id) =>
  (await db.reminder.findMany({ where: { user_id: of }, orderBy: { remind_at: 'asc' } })).map((one) => one.remind_at)
const unplanned = () => db.unplannedTask.count()

test('all of a user are planned, and of nobody else', async () => {
  const other = newUser()
  await api.caller(other).task.create({ title: 'x', ...DUE })
  const create = (n: number) => ({ do: 'create' as const, title: String(n), ...DUE })
  for (const from of [0, 70, 140]) {
    await caller.task.batch({ operations: Array.from({ length: 70 }, (_, n) => create(from + n)) })
  }
  // One statement plans two hundred.
  expect(await unplanned()).toBe(211)
  await planUser(api.services, user_id)
  expect(await unplanned()).toBe(1)
  expect(await planned()).toHaveLength(210)
  expect(await planned(other)).toEqual([])
  expect(await planReminders(api.services)).toBe(1)
  expect(await planned(other)).toEqual([AT])
})

test('one that has fired, was late or was put off stays, and the others go with the plan', async () => {
  const { id: task_id } = await caller.task.create({ title: 'x', ...DUE })
  await planUser(api.services, user_id)
  const day = (n: number) => new Date(Date.UTC(2099, 0, n))
  const kept = [
    { remind_at: day(1), fired_at: day(1) },
    { remind_at: day(2), late: true },
    { remind_at: day(3), snooze_of: day(1), fire_at: day(3) },
  ]
  for (const one of [...kept, { remind_at: day(4), fire_at: day(4) }]) {
    await db.reminder.create({ data: { user_id, task_id, zones, ...one } })
  }
  await caller.task.update({ task_id, due_date: '2099-03-11' })
  await planUser(api.services, user_id)
  expect(await planned()).toEqual([day(1), day(2), day(3), new Date('2099-03-11T09:00:00.000Z')])
  // Without reminders none is put off either.
  await caller.task.update({ task_id, reminders: [] })
  await planUser(api.services, user_id)
  expect(await planned()).toEqual([day(1), day(2)])
})

test('the plan of a task leaves the reminders of others alone', async () => {
  const { id: other } = await caller.task.create({ title: 'other', ...DUE })
  const { id: task_id } = await caller.task.create({ title: 'x', ...DUE })
  await planUser(api.services, user_id)
  await caller.task.complete({ task_id })
  await planUser(api.services, user_id)
  expect(await db.reminder.findMany({ where: { user_id } })).toMatchObject([{ task_id: other, remind_at: AT }])
})

test('one that has fired does not come back at the same instant', async () => {
  const { id: task_id } = await caller.task.create({ title: 'x', ...DUE })
  await planUser(api.services, user_id)
  await db.reminder.updateMany({ where: { user_id }, data: { fire_at: null, fired_at: AT } })
  await caller.task.update({ task_id, due_date: '2099-03-11' })
  await planUser(api.services, user_id)
  await caller.task.update({ task_id, due_date: '2099-03-10' })
  await planUser(api.services, user_id)
  expect(await db.reminder.findMany({ where: { user_id } })).toMatchObject([{ fire_at: null, fired_at: AT }])
})

test('what was to come when the task was written is planned, however late that is, and nothing that was past then', async () => {
  const now = new Date()
  const inMinutes = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString().slice(0, 16)
  await caller.task.create({ title: 'x', reminders: [inMinutes(-30), inMinutes(30)] })
  await db.unplannedTask.updateMany({ where: { user_id }, data: { changed_at: new Date(now.getTime() - 3_600_000) } })
  // Written an hour ago, by the database's clock, and planned now.
  await planUser(api.services, user_id)
  expect(await planned()).toHaveLength(2)
  await caller.task.create({ title: 'y', reminders: [inMinutes(-30), inMinutes(30)] })
  await planUser(api.services, user_id)
  expect(await planned()).toHaveLength(3)
})

test('a task with a zone that this process does not know is planned in that of the settings, else in UTC', async () => {
  const { id: task_id } = await caller.task.create({
    title: 'x',
    due_date: '2099-03-10',
    due_time: '09:00',
    reminders: ['PT0S'],
  })
  await db.settings.create({ data: { user_id, time_zone: 'Asia/Kathmandu' } })
  await planUser(api.services, user_id)
  expect(await planned()).toEqual([new Date('2099-03-10T03:15:00.000Z')])
  await db.settings.updateMany({ where: { user_id }, data: { time_zone: 'Mars/Olympus' } })
  await caller.task.update({ task_id, title: 'y', due_date: '2099-03-11' })
  await planUser(api.services, user_id)
  expect(await planned()).toEqual([new Date('2099-03-11T09:00:00.000Z')])
})

test('a plan that fails is made again', async () => {
  await caller.task.create({ title: 'x', ...DUE })
  const failing: typeof api.services.transact = (work) =>
    api.services.transact((sql) =>
      work((statement) => {
        if (statement.text.includes('INSERT INTO taskwire.reminder')) throw new Error('the connection was lost')
        return sql(statement)
      }),
    )
  await expect(planUser({ ...api.services, transact: failing }, user_id)).rejects.toThrow('lost')
  expect(await unplanned()).toBe(1)
  await planUser(api.services, user_id)
  expect(await planned()).toEqual([AT])
})

test('only what is to come, and was planned by another time zone database, is planned again', async () => {
  const { id: task_id } = await caller.task.create({ title: 'x', ...DUE })
  await planUser(api.services, user_id)
  await planByOwnZones(api.services)
  expect(await unplanned()).toBe(0)
  await db.reminder.updateMany({ where: { user_id }, data: { zones: 'former' } })
  await planByOwnZones(api.services)
  expect(await db.unplannedTask.findMany()).toMatchObject([{ user_id, task_id }])
  await planUser(api.services, user_id)
  expect(await db.reminder.findMany({ where: { user_id } })).toMatchObject([{ zones }])
  await db.reminder.updateMany({ where: { user_id }, data: { zones: 'former', fire_at: null, fired_at: AT } })
  await planByOwnZones(api.services)
  expect(await unplanned()).toBe(0)
})
