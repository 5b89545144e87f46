import { expect, test } from 'vitest'
import { exampleTask } from '../../task/fields.ts'
import { taskOutput } from '../../task/schema.ts'
import { taskUid } from '../task_uid.ts'
import { todoTxtLine } from './todotxt.ts'

const plain = taskOutput.parse({
  ...exampleTask,
  title: 'Milk',
  description: null,
  priority: null,
  tags: [],
  due_date: null,
  due_time: null,
  due_zone: null,
  start_date: null,
  reminders: [],
  recurrence: null,
  checklist: [],
})
const id = `id:${taskUid(plain.user_id, plain)}`
const created = plain.created_at.slice(0, 10)
const lineOf = (more: object) => todoTxtLine(taskOutput.parse({ ...plain, ...more }))

test('a pending task begins with its priority, a completed one with its two days', () => {
  expect(lineOf({})).toBe(`${created} Milk ${id}\n`)
  expect(lineOf({ priority: 'low' })).toBe(`(C) ${created} Milk ${id}\n`)
  const completed_at = '2026-11-30T23:00:00.000Z'
  expect(lineOf({ completed: true, completed_at, priority: 'high' })).toBe(`x 2026-11-30 ${created} Milk pri:A ${id}\n`)
  expect(lineOf({ completed: true, completed_at: null })).toBe(`x ${created} ${created} Milk ${id}\n`)
})

test('each field is a word', () => {
  const line = lineOf({
    tags: ['home', 'two words'],
    due_date: '2026-12-01',
    due_time: '17:00',
    due_zone: 'Europe/Berlin',
    start_date: '2026-11-28',
    reminders: ['PT30M', 'P1D'],
    recurrence: exampleTask['recurrence'],
    description: 'a b\nc',
    checklist: [
      { id: 'a', text: 'A b', done: false },
      { id: 'c', text: 'C', done: true },
    ],
  })
  expect(line).toBe(
    `${created} Milk @home tag:two%20words due:2026-12-01 time:17:00 zone:Europe/Berlin t:2026-11-28 ` +
      `remind:PT30M remind:P1D rrule:FREQ%3DWEEKLY next:upcoming note:a%20b%0Ac check:A%20b checked:C ${id}\n`,
  )
})

test.each([
  'a\nb',
  'a  b',
  'x a',
  '(A) a',
  '2026-12-01 a',
  '2026-12-01',
  '+a',
  'a @b',
  'due:soon',
  'a\tb',
  'note: x',
  'at 10:30',
])('the title %j, which would be read as something else, is one encoded word', (title) => {
  expect(lineOf({ title })).toBe(`${created} title:${encodeURIComponent(title)} ${id}\n`)
})

test.each(['a b', 'x', 'xa', 'a+b', 'me@home', 'see https://example.com/a:b', '(a) b', 'a: b'])(
  'the title %j stays as it is',
  (title) => {
    expect(lineOf({ title })).toBe(`${created} ${title} ${id}\n`)
  },
)
