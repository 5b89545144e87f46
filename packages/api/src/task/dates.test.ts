import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { brokenLinks, newUser, apiErrorOf, testServices, wholeLog, type TestServices } from '../../testing/services.ts'

let fixture: TestServices
beforeAll(async () => {
  fixture = await testServices()
})
afterAll(() => fixture.close())

const someone = () => fixture.caller(newUser())

/** The rules that a call violates, as `field: message`. */
async function violated(call: Promise<unknown>): Promise<string[]> {
  const { reason, details } = await apiErrorOf(call)
  expect(reason).toBe('validation_failed')
  return (details.fields ?? []).map(({ loc, msg }) => `${loc.join('.')}: ${msg}`)
}

const zoned = { due_date: '2026-12-01', due_time: '17:00', due_zone: 'Europe/Berlin' }

test.each([
  [{ due_time: '10:00' }, ['due_time: Needs due_date']],
  [{ due_date: '2026-12-01', due_zone: 'UTC' }, ['due_zone: Needs due_time']],
  [{ due_zone: 'UTC' }, ['due_zone: Needs due_time']],
  [{ due_date: null, due_time: '10:00', due_zone: 'UTC' }, ['due_time: Needs due_date']],
  [{ due_date: '2026-12-01', start_date: '2026-12-02' }, ['start_date: Must not be after due_date']],
  [{ reminders: ['PT30M'] }, ['reminders: Needs due_date']],
  [{ reminders: ['P1D'], due_date: null }, ['due_date: reminders need due_date: clear both']],
])('a task is not created with %j', async (fields, problems) => {
  const { task } = someone()
  expect(await violated(task.create({ title: 'Rent', ...fields }))).toEqual(problems)
  expect((await task.list({})).items).toEqual([])
})

test.each([
  { start_date: '2026-12-02' },
  { due_date: '2026-12-01', start_date: '2026-12-01' },
  { reminders: ['2026-12-01T08:00'] },
  { due_date: '2026-12-01', due_time: '00:00', reminders: ['PT0S', 'P28D', '2026-12-01T08:00'] },
])('a task is created with %j', async (fields) => {
  const { task } = someone()
  expect(await task.create({ title: 'Rent', ...fields })).toMatchObject({ ...fields, due_at: null })
})

test.each([
  [{ due_date: null }, { due_date: null, due_time: null, due_zone: null, due_at: null }],
  [{ due_time: null }, { due_date: '2026-12-01', due_time: null, due_zone: null, due_at: null }],
  [{ due_zone: null }, { due_time: '17:00', due_zone: null, due_at: null }],
  [{ due_date: '2026-07-01' }, { due_time: '17:00', due_at: '2026-07-01T15:00:00.000Z' }],
  [{ due_time: '09:30' }, { due_date: '2026-12-01', due_at: '2026-12-01T08:30:00.000Z' }],
  [{ due_zone: 'Asia/Calcutta' }, { due_zone: 'Asia/Calcutta', due_at: '2026-12-01T11:30:00.000Z' }],
  [{ title: 'Other' }, { ...zoned, due_at: '2026-12-01T16:00:00.000Z' }],
  [
    { due_date: null, reminders: ['2026-12-01T08:00'] },
    { due_zone: null, reminders: ['2026-12-01T08:00'] },
  ],
])('a change of %j leaves a zoned task with %j', async (fields, left) => {
  const { task } = someone()
  const created = await task.create({ title: 'Rent', ...zoned })
  expect(created.due_at).toBe('2026-12-01T16:00:00.000Z')
  expect(await task.update({ task_id: created.id, ...fields })).toMatchObject(left)
  expect(await task.get({ task_id: created.id })).toMatchObject(left)
})

test.each([
  ['a time that does not exist moves forward by the gap', '2026-03-29', '02:30', '2026-03-29T01:30:00.000Z'],
  ['of two equal times it is the first', '2026-10-25', '02:30', '2026-10-25T00:30:00.000Z'],
])('%s', async (_, due_date, due_time, due_at) => {
  const { task } = someone()
  const created = await task.create({ title: 'Night', due_date, due_time, due_zone: 'Europe/Berlin' })
  expect(created.due_at).toBe(due_at)
})

test('the rules are judged on the task as it will be', async () => {
  const { task } = someone()
  const { id: task_id } = await task.create({ title: 'Rent', ...zoned, start_date: '2026-11-01', reminders: ['PT30M'] })
  const problems = async (fields: object) => violated(task.update({ task_id, ...fields }))
  expect(await problems({ due_date: null })).toEqual(['due_date: reminders need due_date: clear both'])
  expect(await problems({ due_date: '2026-10-31' })).toEqual(['start_date: Must not be after due_date'])
  expect(await problems({ start_date: '2026-12-02' })).toEqual(['start_date: Must not be after due_date'])
  expect(await problems({ due_time: null, due_zone: 'UTC' })).toEqual(['due_zone: Needs due_time'])
  expect((await task.get({ task_id })).version).toBe(1)
  const cleared = await task.update({ task_id, due_date: null, reminders: [] })
  expect(cleared).toMatchObject({ due_date: null, due_time: null, start_date: '2026-11-01', reminders: [] })
  expect(await problems({ due_time: '10:00' })).toEqual(['due_time: Needs due_date'])
  expect(await problems({ reminders: ['PT30M'] })).toEqual(['reminders: Needs due_date'])
  expect(await problems({ due_date: '2026-10-31', due_time: '10:00' })).toEqual([
    'start_date: Must not be after due_date',
  ])
})

test('what no task allows is refused before a task is looked for, and other rules after its version', async () => {
  const { task } = someone()
  const absent = 2_000_000_000
  expect(await violated(task.update({ task_id: absent, due_date: null, due_time: '10:00' }))).toHaveLength(1)
  expect((await apiErrorOf(task.update({ task_id: absent, due_time: '10:00' }))).reason).toBe('task_not_found')
  const { id: task_id } = await task.create({ title: 'Rent' })
  const stale = task.update({ task_id, due_time: '10:00', if_version: 7 })
  expect(await apiErrorOf(stale)).toMatchObject({ reason: 'version_mismatch', details: { current: { id: task_id } } })
})

test('a repeat by key answers as at first, whatever the task allows now', async () => {
  const { task } = someone()
  const { id: task_id } = await task.create({ title: 'Rent', due_date: '2026-12-01' })
  const update = { task_id, due_time: '10:00', idempotency_key: 'k' }
  const first = await task.update(update)
  await task.update({ task_id, due_date: null })
  expect(await task.update(update)).toEqual(first)
  expect(await task.get({ task_id })).toMatchObject({ due_date: null, due_time: null, version: 3 })
})

describe('undo', () => {
  test('of a moved or cleared date restores the instant too, and undo of that undo reverts it', async () => {
    const { task, change } = someone()
    const { id: task_id } = await task.create({ title: 'Rent', ...zoned })
    await task.update({ task_id, due_date: '2026-07-01', due_zone: 'America/New_York' })
    await task.update({ task_id, due_date: null })
    const moved = { due_date: '2026-07-01', due_zone: 'America/New_York', due_at: '2026-07-01T21:00:00.000Z' }
    const cleared = { due_date: null, due_time: null, due_zone: null, due_at: null }
    expect(await change.undo({ seq: 3 })).toMatchObject({ after: moved })
    expect(await change.undo({ seq: 4 })).toMatchObject({ after: cleared })
    expect(await change.undo({ seq: 5 })).toMatchObject({ after: moved })
    expect(await change.undo({ seq: 2 })).toMatchObject({ after: { ...zoned, due_at: '2026-12-01T16:00:00.000Z' } })
    expect(await task.get({ task_id })).toMatchObject({ ...zoned, due_at: '2026-12-01T16:00:00.000Z' })
  })

  test('of an entry from before the fields leaves them alone', async () => {
    const user_id = newUser()
    const { task, change } = fixture.caller(user_id)
    const { id: task_id } = await task.create({ title: 'Rent', ...zoned, tags: ['home'] })
    await task.update({ task_id, title: 'Pay' })
    await fixture.database.pool.query(
      `UPDATE taskwire.change SET before = before - $2::text[], after = after - $2::text[], shape = NULL WHERE user_id = $1`,
      [user_id, ['priority', 'tags', 'due_date', 'due_time', 'due_zone', 'due_at', 'start_date', 'reminders']],
    )
    const { changes } = await change.list({ since: 0 })
    expect(changes[0]?.after).not.toHaveProperty('due_date')
    const undone = await change.undo({ seq: 2 })
    expect(undone).toMatchObject({ after: { title: 'Rent', ...zoned, tags: ['home'] } })
  })
})

describe('completed_at', () => {
  test('is set when a task is completed, kept while it is, cleared when it is reopened, and restored by undo', async () => {
    const { task, change } = someone()
    const { id: task_id } = await task.create({ title: 'Rent' })
    const done = await task.complete({ task_id })
    expect(done.completed_at).toBe(done.updated_at)
    expect((await task.complete({ task_id })).completed_at).toBe(done.completed_at)
    expect((await task.update({ task_id, title: 'Paid' })).completed_at).toBe(done.completed_at)
    expect((await task.toggle({ task_id })).completed_at).toBeNull()
    expect(await change.undo({ seq: 5 })).toMatchObject({ after: { completed_at: done.completed_at } })
    expect((await task.reopen({ task_id })).completed_at).toBeNull()
    expect((await task.toggle({ task_id })).completed_at).not.toBeNull()
    const kinds = (await change.list({ since: 0 })).changes.map(({ kind }) => kind)
    expect(kinds).toEqual([
      'created',
      'completed',
      'updated',
      'updated',
      'reopened',
      'completed',
      'reopened',
      'completed',
    ])
  })

  test('a task that is created as completed has it', async () => {
    const created = await someone().task.create({ title: 'Done', completed: true })
    expect(created.completed_at).toBe(created.created_at)
  })
})

describe('two clients at once', () => {
  test('one clears the date while the other sets the zone: what is stored keeps the rules, and nothing is lost', async () => {
    const user_id = newUser()
    const clients = [fixture.caller(user_id), fixture.replica().caller(user_id)] as const
    const { id: task_id } = await clients[0].task.create({ title: 'Rent', ...zoned })
    let accepted = 1
    for (let round = 0; round < 200; round++) {
      await clients[0].task.update({ task_id, due_date: '2026-12-01', due_time: '17:00', due_zone: 'Asia/Tokyo' })
      const outcomes = await Promise.allSettled([
        clients[0].task.update({ task_id, ...(round % 2 === 0 ? { due_date: null } : { due_time: null }) }),
        clients[1].task.update({ task_id, due_zone: 'UTC' }),
      ])
      accepted += 1 + outcomes.filter(({ status }) => status === 'fulfilled').length
      const { due_date, due_time, due_zone, due_at } = await clients[1].task.get({ task_id })
      expect(due_time === null || due_date !== null).toBe(true)
      expect(due_zone === null || due_time !== null).toBe(true)
      expect(due_at === null).toBe(due_zone === null)
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ reason: 'validation_failed' })
      }
    }
    expect((await clients[0].task.get({ task_id })).version).toBe(accepted)
    expect(brokenLinks(await wholeLog(clients[0]))).toEqual([])
  })

  test('thirty changes of one date all count', async () => {
    const { task } = someone()
    const { id: task_id } = await task.create({ title: 'Rent', due_date: '2026-12-01' })
    const days = Array.from({ length: 30 }, (_, index) => `2026-12-${String(index + 1).padStart(2, '0')}`)
    await Promise.all(days.map((due_date) => task.update({ task_id, due_date })))
    expect((await task.get({ task_id })).version).toBe(31)
  })
})
