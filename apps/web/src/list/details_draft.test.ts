import { limits, taskFields } from '@taskwire/client'
import { expect, test } from 'vitest'
import { differingFields, withDefaults } from '@taskwire/offline'
import { detailsOf, detailsProblem, fieldsOf, newItem } from './details_draft.ts'

const time = '2026-01-01T00:00:00.000Z'
const task = withDefaults({
  id: 1,
  user_id: 'ada',
  title: 'Rent',
  created_at: time,
  updated_at: time,
  version: 1,
  priority: 'high',
  due_date: '2026-12-01',
  due_time: '17:00',
  due_zone: 'Europe/Berlin',
  tags: ['home', 'c++'],
  reminders: ['PT30M'],
  recurrence: { rule: 'FREQ=MONTHLY', next: 'upcoming', start: '2026-06-01', occurrence: '2026-11-30', number: 6 },
  checklist: [
    { id: 'a', text: 'Ask', done: true },
    { id: 'b', text: 'Pay', done: false },
  ],
})
const draft = detailsOf(task)

test('a draft that was not edited stands for the fields that the task has', () => {
  expect(differingFields(fieldsOf(draft, task), task)).toEqual({})
})

test('moving the date of a task that repeats leaves its recurrence as it is', () => {
  const moved = fieldsOf({ ...draft, due_date: '2026-12-05' }, task)
  expect(differingFields(moved, task)).toEqual({ due_date: '2026-12-05' })
})

test('a changed rule counts from the due date on', () => {
  expect(fieldsOf({ ...draft, recurrence: { rule: 'FREQ=DAILY', next: 'completion' } }, task).recurrence).toEqual({
    rule: 'FREQ=DAILY',
    next: 'completion',
    start: '2026-12-01',
    occurrence: '2026-12-01',
    number: 1,
  })
  expect(fieldsOf({ ...draft, recurrence: { rule: '', next: 'upcoming' } }, task).recurrence).toBeNull()
})

test('without a date there is no time and no zone', () => {
  expect(fieldsOf({ ...draft, due_date: '' }, task)).toMatchObject({ due_date: null, due_time: null, due_zone: null })
  expect(fieldsOf({ ...draft, due_time: '' }, task)).toMatchObject({ due_date: '2026-12-01', due_zone: null })
})

test('tags are stored as the server stores them', () => {
  expect(fieldsOf({ ...draft, tags: ' Home, #work,, WORK ' }, task).tags).toEqual(['home', 'work'])
})

test('items of the checklist without a text are not stored', () => {
  const checklist = [{ id: 'c', text: ' Call ', done: false }, { id: 'd', text: '  ', done: false }, ...task.checklist]
  expect(fieldsOf({ ...draft, checklist }, task).checklist).toEqual([
    { id: 'c', text: 'Call', done: false },
    ...task.checklist,
  ])
})

test('what the server would refuse is said before it is sent', () => {
  const plain = { ...draft, reminders: [], recurrence: { rule: '', next: 'upcoming' as const } }
  const dateless = { ...draft, due_date: '', due_time: '', due_zone: '' }
  expect(detailsProblem(draft)).toBeNull()
  expect(detailsProblem({ ...draft, due_date: '' })).toBe('A due time needs a due date.')
  expect(detailsProblem({ ...draft, due_time: '' })).toBe('A time zone needs a due time.')
  expect(detailsProblem({ ...draft, due_zone: 'Mars' })).toBe('There is no such time zone.')
  expect(detailsProblem({ ...plain, start_date: '2026-12-02' })).toBe('The start date must not be after the due date.')
  expect(detailsProblem(dateless)).toBe('A task that repeats needs a due date.')
  expect(detailsProblem({ ...dateless, recurrence: plain.recurrence })).toBe(
    'A reminder before the due time needs a due date.',
  )
  const never = { rule: 'FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2', next: 'upcoming' as const }
  expect(detailsProblem({ ...draft, recurrence: never })).toBe('This rule never comes true.')
})

test.each(['0002-12-24', '0026-12-24', '1899-12-31', '2026-02-29', '202610-03-02'])(
  'a date field whose year is half typed, as in %s, is not valid',
  (day) => {
    const due = 'The due date must be a day between 1900 and 9999.'
    expect(detailsProblem({ ...draft, due_date: day })).toBe(due)
    expect(detailsProblem({ ...draft, due_date: day, recurrence: { rule: '', next: 'upcoming' } })).toBe(due)
    expect(detailsProblem({ ...draft, start_date: day })).toBe('The start date must be a day between 1900 and 9999.')
    const reminders = ['PT30M', `${day}T08:30`.slice(0, 16)]
    expect(detailsProblem({ ...draft, reminders })).toBe('A reminder must be between 1900 and 9999.')
  },
)

test('the first and the last day are valid', () => {
  const reminders = ['1900-01-01T00:00', '9999-12-31T23:59']
  expect(detailsProblem({ ...draft, start_date: '1900-01-01', due_date: '9999-12-31', reminders })).toBeNull()
})

test.each(['a', '😀'])(
  'an item of the checklist is as long as the server takes it, counted in code points of “%s”',
  (letter) => {
    const max = limits.checklistItemLength
    const withItem = (text: string) => detailsProblem({ ...draft, checklist: [...task.checklist, newItem(text)] })
    expect(withItem(` ${letter.repeat(max)} `)).toBeNull()
    expect(withItem(letter.repeat(max + 1))).toBe(
      `Item 3 of the checklist has ${max + 1} characters; the maximum is ${max}.`,
    )
  },
)

test.each(['a', '😀'])('a tag is as long as the server takes it, counted in code points of “%s”', (letter) => {
  const max = limits.tagLength
  expect(detailsProblem({ ...draft, tags: `home, #${letter.repeat(max)}` })).toBeNull()
  expect(detailsProblem({ ...draft, tags: `home, #${letter.repeat(max + 1)}` })).toBe(
    `A tag has ${max + 1} characters; the maximum is ${max}.`,
  )
  // In lower case it has one more.
  expect(detailsProblem({ ...draft, tags: `${'a'.repeat(max - 1)}İ` })).toContain('A tag has')
})

test('a task has as many different tags as the server takes', () => {
  const max = taskFields.tags.maxItems
  const tags = Array.from({ length: max }, (_, at) => `tag ${at}`)
  expect(detailsProblem({ ...draft, tags: [...tags, 'TAG 0'].join(',') })).toBeNull()
  expect(detailsProblem({ ...draft, tags: [...tags, 'one more'].join(',') })).toBe(
    `The task has ${max + 1} tags; the maximum is ${max}.`,
  )
})

test('what a tag may not have is taken from it', () => {
  expect(fieldsOf({ ...draft, tags: '# #home, two\twords, #, é' }, task).tags).toEqual(['home', 'two words', 'é'])
})

test.each(['+02:00', 'PST', 'IST', 'Mars'])('%s is no time zone for the server', (due_zone) => {
  expect(detailsProblem({ ...draft, due_zone })).toBe('There is no such time zone.')
})

test.each(['Asia/Calcutta', 'EST', 'UTC', ' Europe/Berlin '])('%s is a time zone', (due_zone) => {
  expect(detailsProblem({ ...draft, due_zone })).toBeNull()
})
