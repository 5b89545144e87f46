import { afterAll, expect, test } from 'vitest'
import { apiErrorOf, newUser, testServices } from '../../testing/services.ts'

const api = await testServices()
afterAll(api.close)

/** A caller for whom it is noon of 21 November 2026 in UTC. */
function someone() {
  const services = { ...api.services, now: () => new Date('2026-11-21T12:00:00Z') }
  return api.caller(newUser(), { services })
}

const due_date = '2026-11-21'
const weekly = { title: 'Rent', due_date, recurrence: { rule: 'FREQ=WEEKLY' } }

test('skipping moves a task to its next day, and what belongs to the day with it', async () => {
  const { task, change } = someone()
  const created = await task.create({
    ...weekly,
    due_time: '17:00',
    due_zone: 'Europe/Berlin',
    start_date: '2026-11-20',
    reminders: ['PT30M', '2026-11-20T08:00'],
    checklist: [{ id: 'a', text: 'Transfer', done: true }],
  })
  const skipped = await task.skip({ task_id: created.id })
  expect(skipped).toEqual({
    ...created,
    version: 2,
    updated_at: skipped.updated_at,
    due_date: '2026-11-28',
    due_at: '2026-11-28T16:00:00.000Z',
    start_date: '2026-11-27',
    reminders: ['PT30M', '2026-11-27T08:00'],
    recurrence: { ...created.recurrence, occurrence: '2026-11-28', number: 2 },
  })
  expect(await change.undo({ seq: 2 })).toMatchObject({
    after: { ...created, version: 3, updated_at: expect.any(String) },
  })
})

test.each([
  [
    'one that was moved goes on from its own day',
    { due_date: '2026-11-23', recurrence: { rule: 'FREQ=WEEKLY' } },
    '2026-11-30',
  ],
  ['an overdue one is due today', { due_date: '2026-11-01', recurrence: { rule: 'FREQ=DAILY' } }, '2026-11-21'],
  [
    'an overdue one with each is due on the day after',
    { due_date: '2026-11-01', recurrence: { rule: 'FREQ=DAILY', next: 'each' } },
    '2026-11-02',
  ],
  [
    'one from completion counts from its day',
    { due_date: '2026-11-30', recurrence: { rule: 'FREQ=DAILY', next: 'completion' } },
    '2026-12-01',
  ],
  [
    'an overdue one from completion counts from today',
    { due_date: '2026-11-01', recurrence: { rule: 'FREQ=DAILY', next: 'completion' } },
    '2026-11-22',
  ],
] as const)('of skipped tasks %s', async (_, fields, expected) => {
  const { task } = someone()
  const { id: task_id } = await task.create({ title: 'Rent', ...fields })
  expect(await task.skip({ task_id })).toMatchObject({ due_date: expected, recurrence: { number: 2 } })
})

test('a task that cannot be skipped says why', async () => {
  const { task } = someone()
  const { id: ended } = await task.create({ ...weekly, recurrence: { rule: 'FREQ=DAILY;UNTIL=20261121' } })
  expect(await apiErrorOf(task.skip({ task_id: ended }))).toMatchObject({ reason: 'recurrence_ended', status: 409 })
  const { id: plain } = await task.create({ title: 'Once', due_date })
  const { id: done } = await task.create({ ...weekly, completed: true })
  for (const [task_id, msg] of [
    [plain, 'This task does not recur'],
    [done, 'This task is completed'],
  ] as const) {
    expect(await apiErrorOf(task.skip({ task_id }))).toMatchObject({
      reason: 'validation_failed',
      status: 422,
      details: { fields: [{ loc: ['task_id'], msg }] },
    })
    expect(await apiErrorOf(task.skip({ task_id, if_version: 7 }))).toMatchObject({ reason: 'version_mismatch' })
  }
  expect((await task.list({})).items.map(({ version }) => version)).toEqual([1, 1, 1])
})

test('a task is skipped at a wanted version only', async () => {
  const { task } = someone()
  const { id: task_id } = await task.create(weekly)
  const stale = await apiErrorOf(task.skip({ task_id, if_version: [2, 7] }))
  expect(stale).toMatchObject({ reason: 'version_mismatch', details: { current: { due_date, version: 1 } } })
  expect(await task.skip({ task_id, if_version: [1, 7] })).toMatchObject({ due_date: '2026-11-28', version: 2 })
})

test('twenty concurrent skips move a task twenty times', async () => {
  const { task } = someone()
  const { id: task_id } = await task.create({ title: 'Rent', due_date, recurrence: { rule: 'FREQ=DAILY' } })
  await Promise.all(Array.from({ length: 20 }, () => task.skip({ task_id })))
  expect(await task.get({ task_id })).toMatchObject({ due_date: '2026-12-11', recurrence: { number: 21 }, version: 21 })
})

test('a task that is skipped and completed at once is moved on by both', async () => {
  const { task } = someone()
  const { id: task_id } = await task.create({ title: 'Rent', due_date, recurrence: { rule: 'FREQ=DAILY' } })
  await Promise.allSettled([task.complete({ task_id }), task.skip({ task_id })])
  const open = (await task.list({ status: 'pending' })).items
  const { due_date: done } = await task.get({ task_id })
  expect(open).toMatchObject([{ due_date: done === due_date ? '2026-11-22' : '2026-11-23' }])
})

test('no call failed with an unexpected error', () => {
  expect(api.logged).toEqual([])
})
