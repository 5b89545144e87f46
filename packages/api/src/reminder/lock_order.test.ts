import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { planReminders } from './plan.ts'
import { newUser, testServices, type Caller, type TestReplica, type TestServices } from '../../testing/services.ts'

let fixture: TestServices
let other: TestReplica
let third: TestReplica
beforeAll(async () => {
  fixture = await testServices()
  other = fixture.replica()
  third = fixture.replica()
})
afterAll(() => fixture.close())

const EARLIER = '2090-01-01T08:00:00.000Z'
const LATER = '2090-02-01T08:00:00.000Z'

/** Whose calls come through two processes: in one, those of a user would wait for a connection. */
async function newTask() {
  const user_id = newUser()
  const [caller, elsewhere] = [fixture.caller(user_id), other.caller(user_id)]
  const reminders = [EARLIER, LATER].map((instant) => instant.slice(0, 16))
  const { id: task_id } = await caller.task.create({ title: 'x', reminders })
  // Opens its connection.
  await elsewhere.reminder.list({})
  const putOff = (snooze: string, { reminder }: Caller = caller) =>
    reminder.update({ task_id, remind_at: LATER, snooze })
  const upcoming = async () => (await caller.reminder.list({ state: 'upcoming' })).items.map((one) => one.remind_at)
  return { caller, elsewhere, task_id, putOff, upcoming }
}

/** Holds a reminder, as a transaction that takes long. Resolves to what lets it go. */
async function held(task_id: number, remind_at: string): Promise<() => Promise<void>> {
  const [taken, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const text = `SELECT FROM taskwire.reminder WHERE task_id = $1 AND remind_at = $2::timestamptz FOR UPDATE`
  const transaction = third.services.transact(async (sql) => {
    await sql({ text, values: [task_id, remind_at] })
    taken.resolve()
    await end.promise
  })
  await Promise.race([taken.promise, transaction])
  const release = async () => {
    end.resolve()
    await transaction
  }
  onTestFinished(release)
  return release
}

async function waiting(): Promise<number> {
  const text = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  return (await third.services.sql({ text, values: [] })).length
}

test('a reminder that is put off while its task is planned anew waits for that, and neither of them fails', async () => {
  const { caller, elsewhere, task_id, putOff, upcoming } = await newTask()
  await putOff('PT10M')
  await caller.task.update({ task_id, reminders: [] })
  const release = await held(task_id, EARLIER)
  const planning = planReminders(fixture.services)
  const planned = planning.catch(String)
  await expect.poll(waiting).toBe(1)
  const again = putOff('PT20M', elsewhere).catch((error: { reason?: string }) => error.reason)
  await expect.poll(waiting).toBe(2)
  await release()
  expect([await planned, await again]).toEqual([1, 'item_not_found'])
  expect(await upcoming()).toEqual([])
})

test('of two times that a reminder is put off at once, one counts', async () => {
  const { elsewhere, task_id, putOff, upcoming } = await newTask()
  expect(await upcoming()).toEqual([EARLIER, LATER])
  const release = await held(task_id, LATER)
  const both = Promise.all([putOff('PT10M'), putOff('PT20M', elsewhere)])
  both.catch(() => {})
  await expect.poll(waiting).toBe(2)
  await release()
  await both
  expect(await upcoming()).toEqual([expect.any(String), EARLIER])
})
