import { afterAll, expect, test } from 'vitest'
import { newUser, apiErrorOf, testServices } from '../../testing/services.ts'

const api = await testServices()
afterAll(api.close)

/** A caller for whom it is Thursday 2026-11-19, 15:00 UTC. */
function callerOf(user_id = newUser(), now = '2026-11-19T15:00:00Z') {
  return api.caller(user_id, { services: { ...api.services, now: () => new Date(now) } })
}

test('a line becomes a task with the fields that it names', async () => {
  const { task } = callerOf()
  const created = await task.quick_add({ text: 'Call Ann tomorrow 5pm #work #"two words" !1 remind 30m' })
  expect(created).toMatchObject({
    title: 'Call Ann',
    version: 1,
    completed: false,
    due_date: '2026-11-20',
    due_time: '17:00',
    due_zone: null,
    due_at: null,
    tags: ['work', 'two words'],
    priority: 'high',
    reminders: ['PT30M'],
  })
  expect(await task.list({})).toMatchObject({ items: [created] })
})

test('a line without tokens becomes a task with this title and nothing else', async () => {
  const { task } = callerOf()
  expect(await task.quick_add({ text: ' March for peace ' })).toMatchObject({
    title: 'March for peace',
    due_date: null,
    tags: [],
  })
})

test('a dry run answers what the line means and writes nothing', async () => {
  const { task, change } = callerOf()
  expect(await task.quick_add({ text: 'Call Ann tomorrow #work', dry_run: true, idempotency_key: 'k' })).toStrictEqual({
    task: { due_date: '2026-11-20', tags: ['work'] },
    title: 'Call Ann',
    spans: [
      { from: 9, to: 17, is: 'due_date' },
      { from: 18, to: 23, is: 'tag' },
    ],
  })
  expect(await task.list({})).toMatchObject({ items: [] })
  expect(await change.list({})).toMatchObject({ next: 0 })
})

test('today is judged in the zone that is named, else in the one that is set, else in UTC', async () => {
  const user_id = newUser()
  const { task, viewer } = callerOf(user_id)
  const dayOf = async (zone?: string) => {
    const answer = await task.quick_add({ text: 'Call Ann today', zone, dry_run: true })
    return 'spans' in answer ? answer.task.due_date : undefined
  }
  expect(await dayOf()).toBe('2026-11-19')
  expect(await dayOf('Pacific/Kiritimati')).toBe('2026-11-20')
  await viewer.update({ time_zone: 'Pacific/Kiritimati' })
  expect(await dayOf()).toBe('2026-11-20')
  expect(await dayOf('America/Los_Angeles')).toBe('2026-11-19')
})

test("a time has the user's zone if one is set, and else none", async () => {
  const user_id = newUser()
  const { task, viewer } = callerOf(user_id)
  expect(await task.quick_add({ text: 'Call Ann at 5pm', zone: 'Asia/Kathmandu' })).toMatchObject({
    due_date: '2026-11-20',
    due_time: '17:00',
    due_zone: null,
  })
  await viewer.update({ time_zone: 'Asia/Kathmandu' })
  expect(await task.quick_add({ text: 'Call Ann at 11pm' })).toMatchObject({
    due_date: '2026-11-19',
    due_time: '23:00',
    due_zone: 'Asia/Kathmandu',
    due_at: '2026-11-19T17:15:00.000Z',
  })
})

test.each([
  ['tomorrow #work', 'Must contain a title'],
  ['   ', 'Must contain a title'],
  ['x'.repeat(201), 'title: Must have at most 200 characters'],
  [`Bread ${Array.from({ length: 21 }, (_, n) => `#t${n}`).join(' ')}`, 'tags: At most 20 tags'],
])('the text %j is refused, as a dry run too', async (text, msg) => {
  const { task, change } = callerOf()
  for (const dry_run of [undefined, true]) {
    expect(await apiErrorOf(task.quick_add({ text, dry_run }))).toMatchObject({
      reason: 'validation_failed',
      details: { fields: [{ loc: ['text'], msg }] },
    })
  }
  expect(await change.list({})).toMatchObject({ next: 0 })
})

test.each([[''], ['x'.repeat(501)], ['a\0b'], ['\ud800']])('the text %j is invalid', async (text) => {
  expect(await apiErrorOf(callerOf().task.quick_add({ text }))).toMatchObject({ reason: 'validation_failed' })
})

test('a repeat on another day gets the task of the first day', async () => {
  const user_id = newUser()
  const input = { text: 'Call Ann tomorrow', idempotency_key: 'key' }
  const first = await callerOf(user_id).task.quick_add(input)
  expect(first).toMatchObject({ due_date: '2026-11-20' })
  expect(await callerOf(user_id, '2026-12-24T12:00:00Z').task.quick_add(input)).toStrictEqual(first)
})

test('without another clock it is today now', async () => {
  const today = () => new Date().toISOString().slice(0, 10)
  const before = today()
  const answer = await api.caller(newUser()).task.quick_add({ text: 'Call Ann today', dry_run: true })
  expect([before, today()]).toContain('spans' in answer ? answer.task.due_date : undefined)
})

test('a dry run shows a recurrence as it would be stored', async () => {
  const { task } = callerOf()
  const dry = await task.quick_add({ text: 'Water the plants every day', dry_run: true })
  expect(dry).toMatchObject({
    task: {
      due_date: '2026-11-19',
      recurrence: { rule: 'FREQ=DAILY', next: 'upcoming', start: '2026-11-19', occurrence: '2026-11-19', number: 1 },
    },
  })
  const { recurrence } = 'task' in dry ? dry.task : {}
  expect(await task.quick_add({ text: 'Water the plants every day' })).toMatchObject({ recurrence })
})

test('a text has 500 characters at most, and a zone that is unknown here counts as none', async () => {
  const user_id = newUser()
  await api.services.sql({
    text: `INSERT INTO taskwire.settings (user_id, time_zone) VALUES ($1, 'Mars/Olympus')`,
    values: [user_id],
  })
  const { task } = callerOf(user_id)
  const tags = Array.from({ length: 9 }, (_, n) => `#${n}${'😀'.repeat(49)}`).join(' ')
  const text = `Call Ann at 5pm ${tags}`
  expect(Array.from(text.padEnd(500 + text.length - Array.from(text).length))).toHaveLength(500)
  expect(await task.quick_add({ text: text.padEnd(500 + text.length - Array.from(text).length) })).toMatchObject({
    title: 'Call Ann',
    due_zone: null,
  })
})

test('no call failed with an unexpected error', () => {
  expect(api.logged).toEqual([])
})
