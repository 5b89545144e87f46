import { newUser } from '@taskwire/api/testing'
import ICAL from 'ical.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testServer, type TestServer } from '../../../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

/** A user on different days. */
function userOn(user_id: string) {
  const { fixture } = server
  return (time: string) => fixture.caller(user_id, { services: { ...fixture.services, now: () => new Date(time) } })
}
type User = ReturnType<ReturnType<typeof userOn>>

async function exportOf({ transfer }: User): Promise<string> {
  return (await transfer.export({ format: 'ics' })).text
}

/** The first days that a calendar shows of a file with one task, of its to-dos or its events. */
function daysIn(text: string, kind: 'vtodo' | 'vevent' = 'vtodo'): string[] {
  const components = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents(kind)
  const days = components.flatMap((component) => {
    const rule = component.getFirstPropertyValue('rrule')
    const start = component.getFirstPropertyValue(kind === 'vtodo' ? 'due' : 'dtstart')
    if (!(start instanceof ICAL.Time)) throw new Error('no date')
    if (!(rule instanceof ICAL.Recur)) return [start.toString()]
    expect(String(component.getFirstPropertyValue('dtstart'))).toBe(String(start))
    const iterator = rule.iterator(start)
    return Array.from({ length: 8 }, () => iterator.next()?.toString()).filter((day) => day !== undefined)
  })
  return days.toSorted()
}

/** The days on which the series comes when each task is completed on its due date, as many as a calendar was asked for. */
async function daysOf(on: (time: string) => User, count: number): Promise<string[]> {
  const days: string[] = []
  for (;;) {
    const { items } = await on('2026-01-01T00:00:00Z').task.list({ status: 'pending' })
    const [task] = items
    if (task?.due_date == null || days.length === count) return days
    days.push(task.due_date)
    await on(`${task.due_date}T00:00:00Z`).task.complete({ task_id: task.id })
  }
}

async function feedOf(user: User): Promise<string> {
  const { url } = await user.feed.create({})
  return (await server.send('GET', url)).text
}

/** What an import into another account makes of a file, beside the ids. */
async function copied(text: string) {
  const user = userOn(newUser())('2026-11-21T00:00:00Z')
  const { rows } = await user.transfer.import({ source: 'ics', file: text })
  expect(rows).toHaveLength(1)
  const { items } = await user.task.list({})
  return items.map(({ due_date, recurrence, start_date, reminders }) => ({
    due_date,
    recurrence,
    start_date,
    reminders,
  }))
}

const weekly = { rule: 'FREQ=WEEKLY' }
const CASES = [
  ['that was moved', { due_date: '2026-12-07', recurrence: weekly }, '2026-12-09'],
  ['that was moved and ends', { due_date: '2026-12-07', recurrence: { rule: 'FREQ=WEEKLY;COUNT=4' } }, '2026-12-09'],
  [
    'whose last occurrence was moved',
    { due_date: '2026-12-07', recurrence: { rule: 'FREQ=DAILY;COUNT=1' } },
    '2026-12-09',
  ],
  [
    'that begins on none of its days',
    { due_date: '2026-12-07', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=WE;COUNT=3' } },
    undefined,
  ],
  [
    'whose rule begins before',
    { due_date: '2026-12-07', recurrence: { rule: 'FREQ=DAILY;INTERVAL=2;COUNT=5', start: '2026-12-03' } },
    undefined,
  ],
  [
    'whose rule begins later',
    { due_date: '2026-12-07', recurrence: { rule: 'FREQ=WEEKLY;INTERVAL=2', start: '2026-12-17' } },
    undefined,
  ],
  [
    'of each day',
    { due_date: '2026-12-07', recurrence: { rule: 'FREQ=DAILY;COUNT=5', start: '2026-12-05', next: 'each' } },
    undefined,
  ],
  [
    'of the completion',
    { due_date: '2026-12-07', recurrence: { rule: 'FREQ=DAILY;COUNT=5', next: 'completion' } },
    undefined,
  ],
] as const

describe('calendars show the days of a series', () => {
  test.each(CASES)('%s', async (_what, fields, due_date) => {
    const on = userOn(newUser())
    const user = on('2026-11-21T00:00:00Z')
    const { id } = await user.task.create({
      title: 'Milk',
      start_date: '2026-12-06',
      reminders: ['PT0S', '2026-12-06T08:00'],
      ...fields,
    })
    if (due_date !== undefined) await user.task.update({ task_id: id, due_date })
    const [text, feed] = [await exportOf(user), await feedOf(user)]
    const shown = daysIn(text)
    const { items } = await user.task.list({})
    expect(await copied(text)).toEqual(
      items.map(({ recurrence, start_date, reminders, ...task }) => ({
        due_date: task.due_date,
        recurrence,
        start_date,
        reminders,
      })),
    )
    expect(await user.transfer.import({ source: 'ics', file: text })).toMatchObject({
      created: 0,
      rows: [{ result: 'skipped' }],
    })
    expect(shown).toEqual(await daysOf(on, shown.length))
    expect([daysIn(feed), daysIn(feed, 'vevent')]).toEqual([shown, shown])
  })

  test('that was completed late', async () => {
    const on = userOn(newUser())
    const { id } = await on('2026-11-21T00:00:00Z').task.create({
      title: 'Milk',
      due_date: '2026-12-01',
      recurrence: { rule: 'FREQ=DAILY;COUNT=5' },
    })
    const user = on('2026-12-04T12:00:00Z')
    await user.task.complete({ task_id: id })
    const [open] = (await user.task.list({ status: 'pending' })).items
    expect(open?.due_date).toBe('2026-12-04')
    expect(daysIn(await feedOf(user), 'vevent')).toEqual(['2026-12-01', '2026-12-04', '2026-12-05'])
  })

  test.each([
    ['Europe/Berlin', '20261210T223000Z'],
    ['Asia/Kathmandu', '20261210T174500Z'],
    [null, '20261210T233000'],
  ])('with a time in %s until the last day, as UNTIL=%s', async (due_zone, until) => {
    const on = userOn(newUser())
    const user = on('2026-11-21T00:00:00Z')
    await user.task.create({
      title: 'Milk',
      due_date: '2026-12-08',
      due_time: '23:30',
      due_zone,
      recurrence: { rule: 'FREQ=DAILY;UNTIL=20261210' },
    })
    const [text, feed] = [await exportOf(user), await feedOf(user)]
    expect(text).toContain(`RRULE:FREQ=DAILY;UNTIL=${until}\r\n`)
    const days = ['2026-12-08T23:30:00', '2026-12-09T23:30:00', '2026-12-10T23:30:00']
    const rule = new ICAL.Component(ICAL.parse(feed)).getFirstSubcomponent('vevent')
    const iterator = rule && new ICAL.Event(rule).iterator()
    expect([1, 2, 3, 4].map(() => iterator?.next()?.toString())).toEqual([...days, undefined])
    expect((await copied(text))[0]?.recurrence).toMatchObject({ rule: 'FREQ=DAILY;UNTIL=20261210' })
  })
})
