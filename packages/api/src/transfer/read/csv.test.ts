import { describe, expect, test } from 'vitest'
import { readCsv } from './csv.ts'

const read = (...lines: string[]) => [...readCsv(lines.join('\n'))].filter((task) => task !== 'pause')
const one = (header: string, row: string) => read(header, row)[0]

test.each([
  ['true', true],
  [' YES ', true],
  ['1', true],
  ['x', true],
  ['done', true],
  ['false', false],
  ['No', false],
  ['0', false],
  ['pending', false],
  ['perhaps', 'perhaps'],
  ['', undefined],
])('completed as %j is %j', (text, completed) => {
  expect(one('title,completed', `Milk,${text}`)?.fields['completed']).toBe(completed)
})

test.each([
  ['High', 'high'],
  ['normal', 'medium'],
  ['low', 'low'],
  ['urgent', 'urgent'],
  ['', undefined],
])('the priority %j is %j', (text, priority) => {
  expect(one('title,priority', `Milk,${text}`)?.fields['priority']).toBe(priority)
})

describe('a column "status"', () => {
  test.each([
    ['Closed', true],
    ['completed', true],
    ['In Progress', false],
    ['to do', false],
  ])('that says %s says whether a task is completed', (status, completed) => {
    expect(one('title,status', `Milk,${status}`)).toMatchObject({ fields: { completed }, lost: [] })
  })

  test('says nothing beside a column that does', () => {
    expect(one('title,status,done', 'Milk,closed,no')).toMatchObject({ fields: { completed: false }, lost: ['status'] })
  })
})

test('a task with a time of completion is completed, unless a column says otherwise', () => {
  const at = '2026-01-01T00:00:00Z'
  expect(one('title,completed at', `Milk,${at}`)).toMatchObject({
    fields: { completed: true },
    times: { completed_at: at },
  })
  expect(one('title,completed_at', 'Milk,')?.fields['completed']).toBeUndefined()
  expect(one('title,completed_at,completed', `Milk,${at},false`)?.fields['completed']).toBe(false)
})

test('tags and reminders are divided at commas and semicolons', () => {
  const task = one('title,tags,reminders', 'Milk,"a, b;;c","PT30M,P1D"')
  expect(task?.fields).toMatchObject({ tags: ['a', 'b', 'c'], reminders: ['PT30M', 'P1D'] })
})

test('objects are JSON, and other text is reported later as it is', () => {
  const task = one('title,checklist,recurrence', 'Milk,"[{""text"":""A""}]",daily')
  expect(task?.fields).toMatchObject({ checklist: [{ text: 'A' }], recurrence: 'daily' })
})

test('the apostrophe that keeps a spreadsheet from running a cell is taken off', () => {
  expect(one('title,description', "'=1+1,'quoted'")?.fields).toMatchObject({ title: '=1+1', description: "'quoted'" })
})

test('a description that is quoted and empty is empty, and an empty cell says nothing', () => {
  expect(one('title,description', 'Milk,""')?.fields['description']).toBe('')
  expect(one('title,description', 'Milk,')?.fields['description']).toBeUndefined()
})

test('an export of ours is recognized by its ids, and what follows from the others is no loss', () => {
  const header = 'id,user_id,title,created_at,version,due_at,series_id,next_task_id,position'
  const task = one(header, '7,ann,Milk,2026-01-01T00:00:00.000Z,3,2026-01-01T00:00:00.000Z,5,8,a1')
  expect(task).toMatchObject({
    identity: expect.stringMatching(/^7-.*@taskwire$/),
    origin: { id: 7, series_id: 5, next_task_id: 8, position: 'a1' },
    lost: [],
  })
  expect(one('id,title', '7,Milk')).toMatchObject({ identity: undefined, origin: undefined })
  expect(one(header, '12345678901,ann,Milk,2026-01-01T00:00:00.000Z,,,,,')).toMatchObject({ identity: undefined })
})

test('cells that have no column, or one without a name, are reported', () => {
  expect(one('title,,colour', 'Milk,x,red,y')?.lost).toEqual(['column 2', 'colour', 'cells without a column'])
  expect(one('title,,colour', 'Milk,,')?.lost).toEqual([])
})

test('the time in the cell of a start has no place, and that of a due date is the due time', () => {
  expect(one('title,start,due', 'Milk,2026-12-01 08:00,2026-12-02 09:00')).toMatchObject({
    fields: { start_date: '2026-12-01', due_date: '2026-12-02', due_time: '09:00' },
    lost: ['start time'],
  })
  expect(one('title,due', 'Milk,2026-12-02T09:00Z')?.fields).toMatchObject({ due_time: '09:00', due_zone: 'UTC' })
})

test('a table without titles has its descriptions as titles', () => {
  expect(one('notes,due', 'Milk,')?.fields).toMatchObject({ title: 'Milk', description: undefined })
})

test('rows are counted without the header and empty lines', () => {
  expect(read('title', '', 'a', '', 'b').map(({ row }) => row)).toEqual([1, 2])
})
