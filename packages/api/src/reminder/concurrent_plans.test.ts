import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { planReminders } from './plan.ts'
import { newUser, testServices, type TestReplica, type TestServices } from '../../testing/services.ts'

let fixture: TestServices
let other: TestReplica
let third: TestReplica
beforeAll(async () => {
  fixture = await testServices()
  other = fixture.replica()
  third = fixture.replica()
})
afterAll(() => fixture.close())

const [FIRST, MOVED] = ['2090-01-01T08:00', '2091-01-01T08:00']
const instant = (local: string) => `${local}:00.000Z`

/** Whose calls come through two processes: in one, those of a user would wait for a connection. */
async function newTask() {
  const user_id = newUser()
  const [{ task }, { reminder }] = [fixture.caller(user_id), other.caller(user_id)]
  const { id: task_id } = await task.create({ title: 'x', reminders: [FIRST] })
  const move = () => task.update({ task_id, reminders: [MOVED] })
  const upcoming = async () => (await reminder.list({ state: 'upcoming' })).items.map((one) => one.remind_at)
  return { task, reminder, task_id, move, upcoming }
}

async function waiting(): Promise<number> {
  const text = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  return (await fixture.services.sql({ text, values: [] })).length
}

/** Has each statement that deletes notes wait when it has begun, and has not looked for a row. Resolves to what lets them go on. */
async function heldAtTheirBeginning(): Promise<() => Promise<void>> {
  const { pool } = fixture.database
  const client = await pool.connect()
  await client.query('SELECT pg_advisory_lock(1)')
  const release = async () => void (await client.query('SELECT pg_advisory_unlock_all()'))
  onTestFinished(async () => {
    await release()
    client.release()
    await pool.query('DROP FUNCTION IF EXISTS taskwire.wait() CASCADE')
  })
  await pool.query(`CREATE FUNCTION taskwire.wait() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END $$`)
  await pool.query(`CREATE TRIGGER waits BEFORE DELETE ON taskwire.unplanned_task EXECUTE FUNCTION taskwire.wait()`)
  return release
}

/** Begins a plan of all, which stands still when it has taken its notes. Resolves to what lets it end. */
async function heldWithItsNotes(): Promise<() => Promise<number>> {
  const [taken, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const transact: typeof third.services.transact = (work) =>
    third.services.transact((sql) =>
      work(async (statement) => {
        const rows = await sql(statement)
        taken.resolve()
        await end.promise
        return rows as never[]
      }),
    )
  const planning = planReminders({ ...third.services, transact })
  const release = () => {
    end.resolve()
    return planning
  }
  onTestFinished(async () => void (await release()))
  await Promise.race([taken.promise, planning])
  return release
}

test('what is changed while a plan begins is planned', async () => {
  const { move, upcoming } = await newTask()
  const release = await heldAtTheirBeginning()
  const planning = planReminders(third.services)
  await expect.poll(waiting).toBe(1)
  await move()
  await release()
  await planning
  expect(await upcoming()).toEqual([instant(MOVED)])
})

test('what is changed during a plan is planned again', async () => {
  const { move, upcoming } = await newTask()
  const release = await heldWithItsNotes()
  const moving = move()
  await expect.poll(waiting).toBe(1)
  await release()
  await moving
  expect(await upcoming()).toEqual([instant(MOVED)])
})

test('reminders are read, and are put off, as a plan has them that is being made', async () => {
  const { move, reminder, task_id, upcoming } = await newTask()
  expect(await upcoming()).toEqual([instant(FIRST)])
  await move()
  const release = await heldWithItsNotes()
  const reads = Promise.all([upcoming(), reminder.update({ task_id, remind_at: instant(MOVED), seen: true })])
  const done = reads.catch(String)
  await expect.poll(waiting).toBe(2)
  await release()
  expect(await done).toEqual([[instant(MOVED)], expect.objectContaining({ task_id, remind_at: instant(MOVED) })])
})

test('a look at reminders, and a transaction that changes their tasks in another order, do not end each other', async () => {
  const { task, task_id, upcoming } = await newTask()
  const { id: later } = await task.create({ title: 'y', reminders: [FIRST] })
  const text = 'UPDATE taskwire.task SET reminders = $2::text[] WHERE id = $1'
  const [changed, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const changing = third.services.transact(async (sql) => {
    await sql({ text, values: [later, [MOVED]] })
    changed.resolve()
    await end.promise
    await sql({ text, values: [task_id, [MOVED]] })
  })
  onTestFinished(() => end.resolve())
  const failed = changing.catch(String)
  await Promise.race([changed.promise, changing])
  const reading = upcoming().catch(String)
  await expect.poll(waiting).toBe(1)
  end.resolve()
  expect(await failed).toBeUndefined()
  expect(await reading).toEqual([instant(MOVED), instant(MOVED)])
  expect(await upcoming()).toEqual([instant(MOVED), instant(MOVED)])
})
