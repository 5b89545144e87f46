import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiErrorOf, newUser, testServices, type TestServices } from '../../testing/services.ts'

let fixture: TestServices
beforeAll(async () => {
  fixture = await testServices()
})
afterAll(() => fixture.close())

const someone = () => fixture.caller(newUser())

const due_date = '2026-12-01'
const weekly = { rule: 'FREQ=WEEKLY;BYDAY=TU' }
const stored = { ...weekly, next: 'upcoming', start: due_date, occurrence: due_date, number: 1 }

/** The rules that a call violates: type, field and message. */
async function violated(call: Promise<unknown>) {
  const { reason, details } = await apiErrorOf(call)
  expect(reason).toBe('validation_failed')
  return (details.fields ?? []).map(({ type, loc, msg }) => [type, loc.join('.'), msg])
}

describe('a recurrence', () => {
  test('is stored in capitals, with its defaults, and begins a series of the id of the task', async () => {
    const { task } = someone()
    const created = await task.create({ title: 'Rent', due_date, recurrence: { rule: 'rrule:freq=weekly;byday=tu' } })
    expect(created).toMatchObject({ recurrence: stored, series_id: created.id, next_task_id: null })
    expect(await task.get({ task_id: created.id })).toEqual(created)
  })

  test('keeps its occurrence when the due date alone moves', async () => {
    const { task } = someone()
    const { id: task_id } = await task.create({ title: 'Rent', due_date, recurrence: weekly })
    const moved = await task.update({ task_id, due_date: '2026-12-03' })
    expect(moved).toMatchObject({ due_date: '2026-12-03', recurrence: stored })
  })

  test('is unchanged by an answer that is sent back, even with a moved date', async () => {
    const { task } = someone()
    const { id: task_id, recurrence } = await task.create({ title: 'Rent', due_date, recurrence: weekly })
    const sent = { ...stored, ...recurrence, next: recurrence?.next, occurrence: '1999-01-01', number: 7 }
    const moved = await task.update({ task_id, due_date: '2026-12-03', recurrence: sent })
    expect(moved).toMatchObject({ due_date: '2026-12-03', recurrence: stored })
  })

  test('counts from the due date on when it is set anew', async () => {
    const { task } = someone()
    const { id: task_id } = await task.create({ title: 'Rent', due_date, recurrence: weekly })
    const set = await task.update({ task_id, due_date: '2026-12-03', recurrence: { rule: 'FREQ=DAILY', next: 'each' } })
    expect(set).toMatchObject({
      recurrence: { rule: 'FREQ=DAILY', next: 'each', start: '2026-12-03', occurrence: '2026-12-03', number: 1 },
      series_id: task_id,
    })
    const anchored = await task.update({ task_id, recurrence: { rule: 'FREQ=DAILY', start: '2020-02-29' } })
    expect(anchored.recurrence).toMatchObject({ start: '2020-02-29', occurrence: '2026-12-03', number: 1 })
  })

  test('ends with null, which leaves the series, and undo brings both back', async () => {
    const { task, change } = someone()
    const { id: task_id } = await task.create({ title: 'Rent', due_date, recurrence: weekly })
    expect(await task.update({ task_id, recurrence: null })).toMatchObject({
      recurrence: null,
      series_id: null,
      due_date,
    })
    expect(await change.undo({ seq: 2 })).toMatchObject({ after: { recurrence: stored, series_id: task_id } })
    expect(await change.undo({ seq: 3 })).toMatchObject({ after: { recurrence: null, series_id: null } })
  })

  test('needs a due date, on the task as it will be', async () => {
    const { task } = someone()
    const clearBoth = [['custom', 'due_date', 'recurrence needs due_date: clear both']]
    const needs = [['custom', 'recurrence', 'Needs due_date']]
    expect(await violated(task.create({ title: 'Rent', recurrence: weekly }))).toEqual(needs)
    expect(await violated(task.create({ title: 'Rent', recurrence: weekly, due_date: null }))).toEqual(clearBoth)
    const { id: task_id } = await task.create({ title: 'Rent', due_date, recurrence: weekly })
    expect(await violated(task.update({ task_id, due_date: null }))).toEqual(clearBoth)
    const cleared = await task.update({ task_id, due_date: null, recurrence: null })
    expect(cleared).toMatchObject({ due_date: null, recurrence: null, version: 2 })
    expect(await violated(task.update({ task_id, recurrence: weekly }))).toEqual(needs)
  })

  test('that an entry of the log does not know stays as it is when the entry is undone', async () => {
    const user_id = newUser()
    const { task, change } = fixture.caller(user_id)
    const { id: task_id } = await task.create({ title: 'Rent', due_date })
    await task.update({ task_id, title: 'Rent!' })
    const of = `- '{recurrence,series_id,next_task_id}'::text[]`
    const text = `UPDATE taskwire.change SET shape = NULL, before = before ${of}, after = after ${of} WHERE user_id = $1`
    await fixture.services.sql({ text, values: [user_id] })
    await task.update({ task_id, recurrence: weekly })
    expect(await change.undo({ seq: 2 })).toMatchObject({ after: { title: 'Rent', recurrence: stored } })
  })
})

describe('a rule is refused', () => {
  const hostile = [
    'FREQ=SECONDLY;COUNT=1000000000',
    'FREQ=DAILY;INTERVAL=0',
    'FREQ=DAILY;INTERVAL=999999999',
    'FREQ=MONTHLY;BYMONTHDAY=32',
    'FREQ=DAILY;FREQ=DAILY',
    'FREQ=DAILY\nDTSTART:20260101',
    `FREQ=WEEKLY;BYDAY=${'MO,'.repeat(66)}MO`,
    'FREQ=DAILY;BYHOUR=9',
    'DAILY',
    '',
  ]
  const never = [
    'FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2',
    'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=YEARLY;BYMONTH=5;BYSETPOS=3;BYMONTHDAY=3',
    'FREQ=DAILY;UNTIL=20200101',
  ]
  test.each([...hostile.map((rule) => [rule, 'rule_invalid']), ...never.map((rule) => [rule, 'rule_never'])])(
    '%j as %s, by create and by update',
    async (rule = '', type) => {
      const { task } = someone()
      const { id: task_id } = await task.create({ title: 'Rent', due_date })
      for (const call of [
        () => task.create({ title: 'Rent', due_date, recurrence: { rule } }),
        () => task.update({ task_id, recurrence: { rule } }),
      ]) {
        const [problem] = await violated(call())
        expect(problem).toEqual([type, 'recurrence.rule', expect.any(String)])
        if (type === 'rule_never') expect(problem?.[2]).toBe('This rule never comes true')
      }
      expect((await task.list({})).items).toHaveLength(1)
    },
  )

  test.each([
    [{ rule: 'FREQ=DAILY', next: 'later' }, 'recurrence.next'],
    [{ rule: 'FREQ=DAILY', start: '2026-02-30' }, 'recurrence.start'],
    [{ rule: 'FREQ=DAILY', until: '2027-01-01' }, 'recurrence.until'],
    [{}, 'recurrence.rule'],
    [{ rule: null }, 'recurrence.rule'],
    ['FREQ=DAILY', 'recurrence'],
    [[], 'recurrence'],
  ])('together with what else is wrong in %j', async (recurrence, field) => {
    // @ts-expect-error a recurrence of another shape
    const call = someone().task.create({ title: 'Rent', due_date, recurrence })
    expect((await violated(call)).map(([, loc]) => loc)).toEqual([field])
  })
})
