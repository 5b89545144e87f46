import { describe, expect, test } from 'vitest'
import { readIcs } from './ics.ts'

const context = { today: '2026-11-21', zone: 'Europe/Berlin' }
const todo = (...lines: string[]) => ['BEGIN:VTODO', 'SUMMARY:Milk', ...lines, 'END:VTODO']

function read(...lines: string[]) {
  const file = ['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR', ''].join('\r\n')
  return [...readIcs(file, context)].filter((task) => task !== 'pause')
}
function one(...lines: string[]) {
  const [task] = read(...todo(...lines))
  if (task === undefined) throw new Error('no to-do')
  return task
}

describe('the later days of a task that we exported', () => {
  const uid = '7-mk1x2y3z-0123456789ab@taskwire'
  const task = (...more: string[]) => todo(`UID:${uid}`, 'X-TASKWIRE-RECURRENCE:{"rule":"FREQ=DAILY"}', ...more)
  const later = todo(`UID:later-${uid}`, 'DUE;VALUE=DATE:20261208', 'RRULE:FREQ=DAILY')

  test('are part of the task before them', () => {
    expect(read(...task(), ...later, ...todo())).toMatchObject([{ row: 1, identity: uid }, { row: 2 }])
  })

  test('are a task where that one was completed elsewhere, or is not in the file', () => {
    expect(read(...task('STATUS:COMPLETED'), ...later)).toHaveLength(2)
    expect(read(...later)).toMatchObject([{ fields: { due_date: '2026-12-08', recurrence: { rule: 'FREQ=DAILY' } } }])
  })
})

test.each([
  ['1', 'high'],
  ['4', 'high'],
  ['5', 'medium'],
  ['6', 'low'],
  ['9', 'low'],
  ['0', undefined],
  ['10', undefined],
  ['x', undefined],
])('the priority %s is %j', (number, priority) => {
  expect(one(`PRIORITY:${number}`).fields['priority']).toBe(priority)
})

test.each([
  ['STATUS:COMPLETED', true, []],
  ['status:completed', true, []],
  ['STATUS:CANCELLED', true, ['status cancelled']],
  ['COMPLETED:20260101T100000Z', true, []],
  ['STATUS:IN-PROCESS', false, []],
])('with %s it is completed: %s', (line, completed, lost) => {
  expect(one(line)).toMatchObject({ fields: { completed }, lost })
})

test.each([
  ['DUE;VALUE=DATE:20261201', ['2026-12-01', undefined, undefined]],
  ['DUE:20261201T170500', ['2026-12-01', '17:05', undefined]],
  ['DUE:20261201T170500Z', ['2026-12-01', '17:05', 'UTC']],
  ['DUE;TZID=Asia/Kathmandu:20261201T170500', ['2026-12-01', '17:05', 'Asia/Kathmandu']],
  ['DUE;TZID=W. Europe Standard Time:20261201T170500', ['2026-12-01', '17:05', undefined]],
  ['DUE:soon', ['soon', undefined, undefined]],
  ['DTSTART:20261201T170500', [undefined, undefined, undefined]],
  ['DTSTART:20261201T170500\r\nRRULE:FREQ=DAILY', ['2026-12-01', '17:05', undefined]],
])('with %j it is due %j', (lines, expected) => {
  const { due_date, due_time, due_zone } = one(lines).fields
  expect([due_date, due_time, due_zone]).toEqual(expected)
})

test('its start is another day than it is due, or what we have written', () => {
  const due = 'DUE;VALUE=DATE:20261201'
  const start = (...lines: string[]) => one(due, ...lines).fields['start_date']
  expect(start('DTSTART;VALUE=DATE:20261128')).toBe('2026-11-28')
  expect(start('DTSTART;VALUE=DATE:20261201')).toBeUndefined()
  expect(start('DTSTART;VALUE=DATE:20261128', 'X-TASKWIRE-START:2026-11-29')).toBe('2026-11-29')
})

test('its times are UTC, to the second', () => {
  const { times } = one('CREATED:20260102T030405Z', 'LAST-MODIFIED:20260203T040506Z', 'COMPLETED:20260304T050607Z')
  expect(times).toEqual({
    created_at: '2026-01-02T03:04:05Z',
    updated_at: '2026-02-03T04:05:06Z',
    completed_at: '2026-03-04T05:06:07Z',
  })
})

test('all categories are tags, and texts are what they stand for', () => {
  expect(one('CATEGORIES:a,b\\,c', 'DESCRIPTION:x\\ny\\;', 'CATEGORIES:d').fields).toMatchObject({
    tags: ['a', 'b,c', 'd'],
    description: 'x\ny;',
  })
})

test('what we wrote is read back: reminders, the recurrence and the checklist, and anything else in its place is none', () => {
  const uid = '7-mwoov7k0-0123456789ab@taskwire'
  const recurrence = { rule: 'FREQ=DAILY', next: 'each', start: '2026-12-01', occurrence: '2026-12-02', number: 2 }
  const written = (value: unknown) => JSON.stringify(value).replaceAll(/[,;]/g, '\\$&')
  const ours = one(
    `UID:${uid}`,
    'RRULE:FREQ=WEEKLY',
    `X-TASKWIRE-RECURRENCE:${written(recurrence)}`,
    `X-TASKWIRE-REMINDERS:${written(['PT30M'])}`,
    `X-TASKWIRE-CHECKLIST:${written([{ id: 'a', text: 'A', done: true }])}`,
  )
  expect(ours).toMatchObject({
    identity: uid,
    origin: { id: 7, recurrence, series_id: undefined },
    fields: { recurrence, reminders: ['PT30M'], checklist: [{ id: 'a', text: 'A', done: true }] },
  })
  const broken = one('UID:other', 'RRULE:FREQ=WEEKLY', 'X-TASKWIRE-RECURRENCE:{', 'X-TASKWIRE-REMINDERS:[')
  expect(broken).toMatchObject({
    identity: 'other',
    origin: undefined,
    fields: { recurrence: { rule: 'FREQ=WEEKLY' }, reminders: [] },
  })
})

test('what has no place is named once, and only where it says something', () => {
  const { lost } = one('LOCATION:Berlin', 'GEO:1;2', 'URL: ', 'DURATION:PT1H', 'EXDATE:20260101', 'X-COLOR:red')
  expect(lost).toEqual(['location', 'left out dates', 'duration'])
})

test('a file with zones alone has no to-dos', () => {
  expect(() => read('BEGIN:VTIMEZONE', 'END:VTIMEZONE')).toThrow('it has no to-dos (VTODO)')
})

describe('completed occurrences', () => {
  const occurrence = (day: string, ...lines: string[]) => todo('UID:1', `RECURRENCE-ID:${day}`, ...lines)
  const daily = todo('UID:1', 'DTSTART:20260105T080000', 'DUE:20260107T090000', 'RRULE:FREQ=DAILY;COUNT=9')
  const open = (...others: string[][]) => read(...others.flat(), ...daily).at(-1)?.fields

  test('move the to-do behind them, its start and its due date alike, whichever way they say so', () => {
    const done = [
      occurrence('20260105', 'STATUS:Completed'),
      occurrence('20260106T080000Z', 'COMPLETED:20260106T100000Z'),
    ]
    expect(open(...done)).toMatchObject({
      start_date: '2026-01-07',
      due_date: '2026-01-09',
      due_time: '09:00',
      recurrence: { rule: 'FREQ=DAILY;COUNT=7' },
    })
  })

  test('leave out those that are open, of another to-do, or behind an open one', () => {
    const others = [
      occurrence('20260105', 'STATUS:NEEDS-ACTION'),
      occurrence('20260106', 'STATUS:COMPLETED'),
      todo('UID:2', 'RECURRENCE-ID:20260105', 'STATUS:COMPLETED'),
    ]
    expect(open(...others)).toMatchObject({ due_date: '2026-01-07', recurrence: { rule: 'FREQ=DAILY;COUNT=9' } })
  })
})
