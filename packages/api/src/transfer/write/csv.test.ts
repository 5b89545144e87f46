import { expect, test } from 'vitest'
import { exampleTask } from '../../task/fields.ts'
import { taskOutput } from '../../task/schema.ts'
import { csvRows } from '../text/csv.ts'
import { csvHeader, csvRow } from './csv.ts'

const example = taskOutput.parse(exampleTask)

/** The cells of a task by the names of their columns. */
function cellsOf(more: object): Readonly<Record<string, string | null>> {
  const [names, row] = [...csvRows(csvHeader + csvRow({ ...example, ...more }))].filter((line) => line !== 'pause')
  return Object.fromEntries(names?.cells.map((name, index) => [name, row?.cells[index] ?? null]) ?? [])
}

test('a row has a cell for each field of a task, in their order', () => {
  expect(csvHeader).toMatch(/^id,user_id,title,.*\r\n$/)
  expect(Object.keys(cellsOf({}))).toEqual(Object.keys(exampleTask))
})

test('texts are cells, lists of texts one text, other values JSON, and what is absent is empty', () => {
  const cells = cellsOf({
    title: 'a,"b"\nc',
    description: '',
    priority: null,
    tags: ['home', 'two words'],
    reminders: [],
    checklist: [{ id: 'a', text: 'A', done: true }],
    completed: false,
  })
  expect(cells).toMatchObject({
    id: '1',
    title: 'a,"b"\nc',
    description: '',
    priority: null,
    tags: 'home,two words',
    reminders: null,
    checklist: '[{"id":"a","text":"A","done":true}]',
    completed: 'false',
  })
})

test('a spreadsheet runs no text of a task', () => {
  for (const title of ['=HYPERLINK("https://example.com")', '+1', '-1', '@A1', '\tx', '\rx']) {
    expect(cellsOf({ title, tags: [title] })).toMatchObject({ title: `'${title}`, tags: `'${title}` })
  }
})
