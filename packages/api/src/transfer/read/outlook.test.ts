import { describe, expect, test } from 'vitest'
import { MAX_TASKS } from '../described_task.ts'
import { readOutlook } from './outlook.ts'

const names = [
  'Subject',
  'Start Date',
  'Due Date',
  'Reminder On/Off',
  'Reminder Date',
  'Reminder Time',
  'Date Completed',
  '% Complete',
  'Categories',
  'Notes',
  'Priority',
  'Status',
  'Companies',
] as const
type Cells = Partial<Record<(typeof names)[number], string>>

function read(...tasks: Cells[]) {
  const lines = tasks.map((cells) => names.map((name) => `"${cells[name] ?? ''}"`).join(','))
  const found = [...readOutlook([names.map((name) => `"${name}"`).join(','), ...lines].join('\r\n'))]
  return found.filter((task) => task !== 'pause')
}
const one = (cells: Cells) => read({ Subject: 'Milk', ...cells })[0]

describe('a day', () => {
  test.each([
    ['10/5/2026', '2026-10-05'],
    ['15.10.2026', '2026-10-15'],
    ['5.1.2026', '2026-01-05'],
    ['2026-10-15', '2026-10-15'],
    ['10-15-2026', '2026-10-15'],
    ['next week, maybe', 'next week,'],
  ])('%s is %s', (text, day) => {
    expect(one({ 'Due Date': text })?.fields['due_date']).toBe(day)
  })

  test.each(['Start Date', 'Due Date', 'Reminder Date', 'Date Completed'] as const)(
    'begins all slashed ones where one of %s cannot begin with its month',
    (name) => {
      const days = (first: string) => read({ 'Due Date': '5/10/2026' }, { [name]: first })[0]?.fields['due_date']
      expect([days('13/10/2026'), days('12/10/2026')]).toEqual(['2026-10-05', '2026-05-10'])
    },
  )
})

test.each([
  ['9:30:00 AM', '09:30'],
  ['9:30 PM', '21:30'],
  ['12:00 AM', '00:00'],
  ['12:05:00 p.m.', '12:05'],
  ['14:05', '14:05'],
  ['', '09:00'],
  ['noon', '09:00'],
])('a reminder at %j is at %s', (time, local) => {
  const cells = { 'Reminder Date': '10/5/2026', 'Reminder Time': time }
  expect(one({ ...cells, 'Reminder On/Off': 'True' })?.fields['reminders']).toEqual([`2026-10-05T${local}`])
})

test('a reminder that is off, or has no day, is none', () => {
  expect(one({ 'Reminder Date': '10/5/2026', 'Reminder On/Off': 'False' })?.fields['reminders']).toEqual([])
  expect(one({ 'Reminder Date': '10/5/2026' })?.fields['reminders']).toEqual([])
  expect(one({ 'Reminder On/Off': 'on' })?.fields['reminders']).toEqual([])
})

test.each([
  [{ Status: 'Completed' }, true, []],
  [{ 'Date Completed': '9/2/2026' }, true, []],
  [{ '% Complete': '100%' }, true, []],
  [{ '% Complete': '99%' }, false, ['percent complete']],
  [{ '% Complete': '1' }, false, ['percent complete']],
  [{ '% Complete': '0%', Status: 'In Progress' }, false, []],
  [{ '% Complete': '50%', Status: 'Completed' }, true, []],
] as const)('with %o it is completed: %s', (cells, completed, lost) => {
  expect(one(cells)).toMatchObject({ fields: { completed }, lost })
})

test('its other columns are read, or named where they have no place', () => {
  expect(
    one({ Notes: 'n', Priority: 'LOW', Categories: 'Admin; Travel,x', 'Start Date': '1/2/2026', Companies: 'C' }),
  ).toMatchObject({
    row: 1,
    fields: { description: 'n', priority: 'low', tags: ['Admin', 'Travel', 'x'], start_date: '2026-01-02' },
    lost: ['companies'],
  })
  expect(one({ Priority: 'Normal' })?.fields['priority']).toBeUndefined()
  expect(one({ 'Date Completed': '9/2/2026' })?.times).toEqual({ completed_at: '2026-09-02' })
})

test('more tasks than an import has are refused before the last is read', () => {
  const file = (tasks: number) => `Subject,Due Date\n${'a,\n'.repeat(tasks)}`
  expect([...readOutlook(file(MAX_TASKS))].filter((task) => task !== 'pause')).toHaveLength(MAX_TASKS)
  expect(() => [...readOutlook(file(MAX_TASKS + 1))]).toThrow('more than 10000 tasks')
  expect(() => [...readOutlook('Subject,Start Date\na,\n')]).toThrow('no columns Subject and Due Date')
})
