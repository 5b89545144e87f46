import { describe, expect, test } from 'vitest'
import { exampleTask } from '../../task/fields.ts'
import { taskOutput } from '../../task/schema.ts'
import { taskUid } from '../task_uid.ts'
import { icsBegin, icsEvent, icsTodo } from './ics.ts'

const settings = { time_zone: 'Europe/Berlin', remind_time: '09:00' }
const task = taskOutput.parse({
  ...exampleTask,
  priority: null,
  tags: [],
  due_date: null,
  due_time: null,
  due_zone: null,
  due_at: null,
  start_date: null,
  reminders: [],
  recurrence: null,
  checklist: [],
  description: null,
})
const uid = taskUid(task.user_id, task)

function linesOf(more: object, write = icsTodo): string[] {
  const text = write(taskOutput.parse({ ...task, ...more }), settings)
  return text.replaceAll('\r\n ', '').split('\r\n').slice(0, -1)
}
const without = (lines: readonly string[]) => linesOf({}).filter((line) => !lines.includes(line))
/** The lines that a task has beside those of one that has nothing but a title. */
const added = (more: object, write = icsTodo) =>
  linesOf(more, write).filter((line) => !linesOf({}, write).includes(line))

test('a calendar begins with its name, and the zones that are known', () => {
  const text = icsBegin({
    name: 'Ann, Bob',
    zones: ['Nowhere/Land', 'Asia/Kathmandu'],
    years: { from: 2026, to: 2026 },
  })
  expect(text).toContain('BEGIN:VCALENDAR\r\nVERSION:2.0\r\n')
  expect(text).toContain('X-WR-CALNAME:Ann\\, Bob\r\n')
  expect(text.match(/TZID:.*/g)).toEqual(['TZID:Asia/Kathmandu'])
})

test('a to-do has its uid, its times in UTC, and how often it was changed', () => {
  const times = { created_at: '2026-01-02T03:04:05.678Z', updated_at: '2026-02-03T04:05:06.999Z', version: 7 }
  expect(linesOf(times)).toEqual([
    'BEGIN:VTODO',
    `UID:${taskUid(task.user_id, { id: task.id, created_at: times.created_at })}`,
    'DTSTAMP:20260203T040506Z',
    'CREATED:20260102T030405Z',
    'LAST-MODIFIED:20260203T040506Z',
    'SEQUENCE:6',
    'SUMMARY:Buy groceries',
    'STATUS:NEEDS-ACTION',
    'END:VTODO',
  ])
})

test('no text of a task can begin another property', () => {
  const text = 'a\r\nATTACH:x\nb;c,d'
  const written = linesOf({ title: text, description: text, tags: ['a\nATTACH:x', 'b'] })
  expect(written.filter((line) => line.startsWith('ATTACH'))).toEqual([])
  expect(written).toContain('SUMMARY:a\\nATTACH:x\\nb\\;c\\,d')
  expect(written).toContain('DESCRIPTION:a\\nATTACH:x\\nb\\;c\\,d')
  expect(written).toContain('CATEGORIES:a\\nATTACH:x,b')
})

test.each([
  ['high', 1],
  ['medium', 5],
  ['low', 9],
])('the priority %s is %d', (priority, number) => {
  expect(added({ priority })).toEqual([`PRIORITY:${number}`])
})

test('a completed to-do says so, and reminds no more', () => {
  const more = { completed: true, completed_at: '2026-11-21T10:00:00.000Z', reminders: ['2026-12-01T08:00'] }
  expect(added(more)).toEqual([
    'STATUS:COMPLETED',
    'PERCENT-COMPLETE:100',
    'COMPLETED:20261121T100000Z',
    'X-TASKWIRE-REMINDERS:["2026-12-01T08:00"]',
  ])
  expect(without(linesOf(more))).toEqual(['STATUS:NEEDS-ACTION'])
})

const due_date = '2026-12-01'

test.each([
  [{ due_date }, 'DUE;VALUE=DATE:20261201'],
  [{ due_date, due_time: '17:05' }, 'DUE:20261201T170500'],
  [{ due_date, due_time: '17:05', due_zone: 'Asia/Kathmandu' }, 'DUE;TZID=Asia/Kathmandu:20261201T170500'],
  [{ due_date, due_time: '17:05', due_zone: 'Nowhere/Land' }, 'DUE:20261201T170500'],
])('the due date of %o is %s', (more, line) => {
  expect(added(more)).toEqual([line])
})

test.each([
  [{ start_date: '2026-11-28' }, 'DTSTART;VALUE=DATE:20261128'],
  [{ start_date: '2026-11-28', due_date }, 'DTSTART;VALUE=DATE:20261128'],
  [{ start_date: '2026-11-28', due_date, due_time: '17:00' }, 'DTSTART:20261128T000000'],
  [{ start_date: '2026-11-28', due_date, due_time: '17:00', due_zone: 'UTC' }, 'DTSTART;TZID=UTC:20261128T000000'],
])('the start of %o is %s, of the kind of its due date', (more, line) => {
  expect(added(more)).toEqual(expect.arrayContaining([line, 'X-TASKWIRE-START:2026-11-28']))
})

test('a start on the due date is told in our own property alone: a reader would take it for no time at all', () => {
  expect(added({ start_date: due_date, due_date })).toEqual(['DUE;VALUE=DATE:20261201', 'X-TASKWIRE-START:2026-12-01'])
})

describe('a recurring to-do', () => {
  const recurrence = { rule: 'FREQ=DAILY;COUNT=5', next: 'each', start: '2026-11-30', occurrence: due_date, number: 2 }

  test('starts when it is due, and tells how many occurrences are left', () => {
    const lines = added({ due_date, recurrence, start_date: '2026-11-28' })
    expect(lines.slice(0, 3)).toEqual([
      'DTSTART;VALUE=DATE:20261201',
      'DUE;VALUE=DATE:20261201',
      'RRULE:FREQ=DAILY;COUNT=4',
    ])
    expect(lines.filter((line) => line.startsWith('DTSTART'))).toHaveLength(1)
  })

  test('has one occurrence left at least', () => {
    expect(added({ due_date, recurrence: { ...recurrence, next: 'completion', number: 9 } })).toContain(
      'RRULE:FREQ=DAILY;COUNT=1',
    )
  })

  test('that is completed repeats no more', () => {
    const lines = added({ due_date, recurrence, completed: true })
    expect(lines.filter((line) => /^(RRULE|DTSTART)/.test(line))).toEqual([])
    const lines2 = added({ due_date, recurrence, completed: true }, icsEvent)
    expect(lines2.filter((line) => line.startsWith('RRULE'))).toEqual([])
  })
})

describe('a reminder', () => {
  const triggers = (more: object, write = icsTodo) =>
    linesOf({ due_date, ...more }, write).filter((line) => line.startsWith('TRIGGER'))

  test('before a time is as long before it', () => {
    const more = { due_time: '17:00', reminders: ['PT30M', 'P1D', 'PT0S'] }
    expect(triggers(more)).toEqual([
      'TRIGGER;RELATED=END:-PT30M',
      'TRIGGER;RELATED=END:-P1D',
      'TRIGGER;RELATED=END:PT0S',
    ])
    expect(triggers(more, icsEvent)).toEqual(['TRIGGER:-PT30M', 'TRIGGER:-P1D', 'TRIGGER:PT0S'])
  })

  test.each([
    ['PT0S', 'PT9H'],
    ['P1D', '-PT15H'],
    ['P2D', '-P1DT15H'],
    ['PT9H', 'PT0S'],
    ['PT8H30M', 'PT30M'],
    ['P10D', '-P9DT15H'],
  ])('%s before a whole day counts from nine, when the user is reminded: %s', (reminder, duration) => {
    expect(triggers({ reminders: [reminder] })).toEqual([`TRIGGER;RELATED=END:${duration}`])
  })

  test('at a time is that instant, in the zone of the task, else in that of the user', () => {
    const reminders = ['2026-11-30T08:00']
    expect(triggers({ reminders })).toEqual(['TRIGGER;VALUE=DATE-TIME:20261130T070000Z'])
    expect(triggers({ reminders, due_time: '17:00', due_zone: 'Asia/Kathmandu' })).toEqual([
      'TRIGGER;VALUE=DATE-TIME:20261130T021500Z',
    ])
  })

  test('shows the title', () => {
    expect(linesOf({ due_date, due_time: '17:00', reminders: ['PT30M'] }).slice(-7)).toEqual([
      'X-TASKWIRE-REMINDERS:["PT30M"]',
      'BEGIN:VALARM',
      'ACTION:DISPLAY',
      'DESCRIPTION:Buy groceries',
      'TRIGGER;RELATED=END:-PT30M',
      'END:VALARM',
      'END:VTODO',
    ])
  })
})

test('an event has a uid of its own, begins when the task is due and takes no time', () => {
  const lines = linesOf({ due_date, due_time: '17:00', due_zone: 'UTC' }, icsEvent)
  expect(lines).toContain(`UID:event-${uid}`)
  expect(lines).toContain('DTSTART;TZID=UTC:20261201T170000')
  expect(lines).toContain('TRANSP:TRANSPARENT')
  expect(linesOf({ due_date, completed: true, reminders: ['P1D'] }, icsEvent)).not.toContain('BEGIN:VALARM')
})

test('what the format has no place for is JSON in properties of our own', () => {
  const checklist = [{ id: 'a', text: 'A, b', done: true }]
  expect(added({ checklist })).toEqual([`X-TASKWIRE-CHECKLIST:${JSON.stringify(checklist).replaceAll(',', '\\,')}`])
})
