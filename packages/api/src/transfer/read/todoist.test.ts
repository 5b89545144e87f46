import { describe, expect, test } from 'vitest'
import { readTodoist } from './todoist.ts'

const context = { today: '2026-11-21', zone: 'Europe/Berlin' }
const names = [
  'TYPE',
  'CONTENT',
  'DESCRIPTION',
  'PRIORITY',
  'INDENT',
  'RESPONSIBLE',
  'DATE',
  'TIMEZONE',
  'LABELS',
  'DURATION',
  'DEADLINE',
  'ATTACHMENTS',
]
type Cells = Readonly<Record<string, string>>

function read(...rows: Cells[]) {
  const lines = rows.map((cells) => names.map((name) => `"${(cells[name] ?? '').replaceAll('"', '""')}"`).join(','))
  const found = [...readTodoist([names.join(','), ...lines].join('\r\n'), context)]
  return found.filter((task) => task !== 'pause')
}
const one = (cells: Cells) => read({ TYPE: 'task', CONTENT: 'Milk', ...cells })[0]

test('notes belong to the task before them, sections to the tasks behind them', () => {
  const tasks = read(
    { TYPE: 'note', CONTENT: 'of nobody' },
    { TYPE: 'task', CONTENT: 'a', DESCRIPTION: 'd' },
    { TYPE: 'note', CONTENT: 'n' },
    { TYPE: 'meta', CONTENT: 'x' },
    { TYPE: 'note', CONTENT: 'm' },
    { TYPE: 'section', CONTENT: 'Weekly' },
    { TYPE: 'note', CONTENT: 'of the section' },
    { TYPE: ' TASK ', CONTENT: 'b' },
    { TYPE: 'section', CONTENT: '' },
    { TYPE: 'task', CONTENT: 'c' },
  )
  expect(tasks).toMatchObject([
    { row: 1, fields: { title: 'a', description: 'd\n\nn\n\nm', tags: [] } },
    { row: 2, fields: { title: 'b', description: undefined, tags: ['Weekly'] } },
    { row: 3, fields: { title: 'c', tags: [] } },
  ])
})

test.each([
  ['1', 'high'],
  ['2', 'medium'],
  ['3', 'low'],
  ['4', undefined],
  ['', undefined],
])('the priority %j is %j', (PRIORITY, priority) => {
  expect(one({ PRIORITY })?.fields['priority']).toBe(priority)
})

test.each([
  ['* Milk', 'Milk', []],
  ['*Milk', '*Milk', []],
  ['@home @a/b Milk', 'Milk', ['home', 'a/b']],
  ['@home Milk @shop  ', 'Milk', ['home', 'shop']],
  ['@a.b Milk', '@a.b Milk', []],
])('the content %j is the title %j', (CONTENT, title, tags) => {
  expect(one({ CONTENT })?.fields).toMatchObject({ title, tags })
})

test('labels of their own column are tags too', () => {
  expect(one({ CONTENT: 'Milk @home', LABELS: '@a; b,' })?.fields['tags']).toEqual(['home', 'a', 'b'])
})

describe('a date', () => {
  test.each([
    ['2026-03-28', '', { due_date: '2026-03-28' }],
    ['Oct 5', '', { due_date: '2026-10-05' }],
    ['5 October 2027', '', { due_date: '2027-10-05' }],
    ['Oct. 5, 2027 17:00', 'Asia/Kathmandu', { due_date: '2027-10-05', due_time: '17:00', due_zone: 'Asia/Kathmandu' }],
    ['Oct 5 17:00', 'Nowhere', { due_date: '2026-10-05', due_time: '17:00' }],
    ['today', '', { due_date: '2026-11-21' }],
    ['every day', '', { due_date: '2026-11-21', recurrence: { rule: 'FREQ=DAILY' } }],
  ])('%s in %j is read', (DATE, TIMEZONE, fields) => {
    expect(one({ DATE, TIMEZONE })).toMatchObject({ fields, lost: [] })
    if (!('due_zone' in fields)) expect(one({ DATE, TIMEZONE })?.fields['due_zone'] ?? null).toBeNull()
  })

  test.each(['someday', 'Oct 5 maybe', 'Xyz 5'])('%s is not understood, and reported', (DATE) => {
    expect(one({ DATE })).toMatchObject({ fields: { due_date: undefined }, lost: [`date "${DATE}"`] })
  })

  test('goes before a deadline, which has no place beside it', () => {
    expect(one({ DATE: '2026-03-28', DEADLINE: '2026-04-01' })).toMatchObject({
      fields: { due_date: '2026-03-28' },
      lost: ['deadline'],
    })
    expect(one({ DEADLINE: 'Apr 1' })).toMatchObject({ fields: { due_date: '2026-04-01' }, lost: [] })
  })
})

test('what has no place is named', () => {
  const lost = ['parent', 'responsible', 'duration', 'attachments']
  expect(one({ INDENT: '2', RESPONSIBLE: 'Ann', DURATION: '30', ATTACHMENTS: 'x' })?.lost).toEqual(lost)
  expect(one({ INDENT: '1', DURATION: 'None' })?.lost).toEqual([])
})

test('a file of a comment is told by its name and address', () => {
  const file = '[[file {"file_name":"a.png","file_url":"https://example.com/a"}]]'
  const notes = (CONTENT: string) => read({ TYPE: 'task', CONTENT: 'Milk' }, { TYPE: 'note', CONTENT })[0]
  expect(notes(`See ${file} and more`)).toMatchObject({
    fields: { description: 'See\na.png https://example.com/a\nand more' },
    lost: ['attachments'],
  })
  expect(notes('[[file {broken]]')).toMatchObject({ fields: { description: undefined }, lost: ['attachments'] })
})
