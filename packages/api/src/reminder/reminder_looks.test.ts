import type { Sql, Statement } from '@taskwire/db'
import { expect, onTestFinished, test } from 'vitest'
import type { Services } from '../core/services.ts'
import { reminderLoop, type ReminderOptions } from './reminder_loop.ts'

/** A loop on a database that answers from lists: how many tasks are to be planned, and which reminders are due. */
function loopOn(options: ReminderOptions = {}) {
  const state = {
    unplanned: [] as number[],
    due: [] as { fires: boolean; event: object }[][],
    zones: 0,
    plans: 0,
    fires: 0,
    notified: 0,
    late: [] as number[],
    fired: 0,
    logged: [] as string[],
    zonesFail: false,
    fails: false,
    planning: Promise.resolve(),
  }
  const answer = async ({ text, values }: Statement) => {
    if (text.includes('zones <> $1')) {
      state.zones++
      if (state.zonesFail) throw new Error('the database does not answer')
      return []
    }
    if (text.includes('DELETE FROM taskwire.unplanned_task')) {
      state.plans++
      await state.planning
      if (state.fails) throw new Error('the database does not answer')
      return Array.from({ length: state.unplanned.shift() ?? 0 }, (_, n) => ({
        user_id: 'ann',
        task_id: n,
        age_ms: 0,
      }))
    }
    if (text.includes('AS note (')) {
      const [users, tasks, ages] = values as readonly [string[], number[], number[]]
      return users.map((user_id, n) => ({ user_id, task_id: tasks[n], age_ms: ages[n], is_open: false }))
    }
    if (!text.includes('judged')) return []
    state.fires++
    return state.due.shift() ?? []
  }
  const sql = answer as unknown as Sql
  const note = (_: object, message: string) => void state.logged.push(message)
  const services = {
    db: {} as Services['db'],
    sql,
    transact: (work: (sql: Sql) => Promise<unknown>) => work(sql),
    log: { warn: note, error: note },
    reminders: { notify: () => void state.notified++ },
  } as unknown as Parameters<typeof reminderLoop>[0]
  const onLate = (count: number) => void state.late.push(count)
  const onFired = () => void state.fired++
  const loop = reminderLoop(services, { pollMs: 3_600_000, onLate, onFired, ...options })
  onTestFinished(() => loop.stop())
  return { state, loop }
}

function reminder(late = false, fires = true) {
  const due = { due_date: null, due_time: null, due_zone: null, due_at: null }
  const event = { task_id: 1, user_id: 'ann', title: 'Call', remind_at: '2027-03-10T09:00:00.000Z', late, ...due }
  return { fires, event }
}

test('what was planned may be due, so that planning and firing take turns until nothing is left', async () => {
  const { state, loop } = loopOn()
  state.unplanned.push(200, 3)
  await loop.fireDue()
  expect([state.plans, state.fires]).toEqual([3, 3])
})

test('as many reminders as one statement fires may be followed by more', async () => {
  const { state, loop } = loopOn()
  state.due.push(
    Array.from({ length: 200 }, () => reminder()),
    [reminder()],
  )
  await loop.fireDue()
  expect(state.fires).toBe(2)
})

test('who shows and sends reminders is told of those that have fired, and how many were late', async () => {
  const { state, loop } = loopOn()
  await loop.fireDue()
  state.due.push([reminder(true, false)])
  await loop.fireDue()
  expect([state.notified, state.fired, state.late]).toEqual([0, 0, []])
  state.due.push([reminder(), reminder(true), reminder(true)])
  await loop.fireDue()
  expect([state.notified, state.fired, state.late]).toEqual([1, 1, [2]])
})

test('the time zone database is compared once, and again only if that has failed', async () => {
  const { state, loop } = loopOn()
  state.zonesFail = true
  await expect(loop.fireDue()).rejects.toThrow('does not answer')
  expect(state.fires).toBe(0)
  state.zonesFail = false
  await loop.fireDue()
  await loop.fireDue()
  expect([state.zones, state.fires]).toEqual([2, 2])
})

test('a database that does not answer is logged once, until it has answered', async () => {
  const { state, loop } = loopOn({ pollMs: 1 })
  state.fails = true
  loop.start()
  await expect.poll(() => state.plans).toBeGreaterThan(3)
  expect(state.logged).toEqual(['reminders could not be fired'])
  state.fails = false
  const before = state.plans
  await expect.poll(() => state.plans).toBeGreaterThan(before + 1)
  state.fails = true
  await expect.poll(() => state.logged.length).toBe(2)
})

test('a stop ends the work after its turn, and nothing follows it', async () => {
  const { state, loop } = loopOn({ pollMs: 1 })
  const planning = Promise.withResolvers<void>()
  state.planning = planning.promise
  state.unplanned.push(200, 200, 200)
  loop.start()
  await expect.poll(() => state.plans).toBe(1)
  const stopped = loop.stop()
  planning.resolve()
  await stopped
  loop.start()
  expect([state.plans, state.fires]).toEqual([1, 1])
  await loop.fireDue()
  expect(state.plans).toBe(1)
})
