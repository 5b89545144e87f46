import { expect, test } from 'vitest'
import { publicSamples } from '../../testing/public_samples.ts'
import { readTasks } from './read_file.ts'

// The zone of the user from whose backup a sample has its form.
const context = { today: '2026-09-27', zone: 'Asia/Ho_Chi_Minh' }

test.each(publicSamples)('$what is read', async ({ source, file, rows, first, lost = [] }) => {
  const read = await readTasks({ source, file }, context)
  expect(read.map((row) => ('reason' in row ? row.reason : 'a task'))).toEqual(Array(rows).fill('a task'))
  const [row] = read
  const fields: Readonly<Record<string, unknown>> = row !== undefined && 'fields' in row ? row.fields : {}
  // An absent field is an undefined one here.
  const found = Object.fromEntries(Object.keys(first).map((name) => [name, fields[name]]))
  expect({ fields: found, lost: row !== undefined && 'lost' in row ? row.lost : [] }).toMatchObject({
    fields: first,
    lost,
  })
  // What a product gives one id, as it does to the occurrences of a recurring task, is not taken for the same task.
  const prints = read.map((row) => ('fingerprint' in row ? row.fingerprint : ''))
  expect(new Set(prints).size).toBe(rows)
})

test('every format of others has three public samples', () => {
  const counts = Map.groupBy(publicSamples, ({ source }) => source)
  expect([...counts.keys()].toSorted()).toEqual(['csv', 'google', 'ics', 'mstodo', 'ticktick', 'todoist', 'todotxt'])
  for (const [source, samples] of counts) expect(samples.length, source).toBeGreaterThanOrEqual(3)
})

test('a to-do that is in a file twice is one task', async () => {
  const todo = 'BEGIN:VTODO\r\nUID:1\r\nSUMMARY:Milk\r\nEND:VTODO\r\n'
  const read = await readTasks({ source: 'ics', file: `BEGIN:VCALENDAR\r\n${todo}${todo}END:VCALENDAR\r\n` }, context)
  const [one, other] = read.map((row) => ('fingerprint' in row ? row.fingerprint : row.reason))
  expect(other).toBe(one)
})

test.each([
  ['FREQ=WEEKLY;COUNT=5', ['20260105', '20260112'], '2026-01-19', 'FREQ=WEEKLY;COUNT=3'],
  ['FREQ=DAILY', ['20260106'], '2026-01-05', 'FREQ=DAILY'],
  ['FREQ=DAILY;COUNT=1', ['20260105'], '2026-01-05', 'FREQ=DAILY;COUNT=1'],
  ['FREQ=HOURLY', ['20260105'], '2026-01-05', undefined],
])('a to-do with %s whose days %j are completed is due on %s', async (rule, days, due_date, left) => {
  const first = `BEGIN:VTODO\r\nUID:1\r\nSUMMARY:Water\r\nDTSTART:20260105T090000\r\nRRULE:${rule}\r\nEND:VTODO\r\n`
  const others = days.map(
    (day) =>
      `BEGIN:VTODO\r\nUID:1\r\nSUMMARY:Water\r\nRECURRENCE-ID:${day}T090000\r\nSTATUS:COMPLETED\r\nEND:VTODO\r\n`,
  )
  const file = `BEGIN:VCALENDAR\r\n${others.join('')}${first}END:VCALENDAR\r\n`
  const last = (await readTasks({ source: 'ics', file }, context)).at(-1)
  const fields = last !== undefined && 'fields' in last ? last.fields : undefined
  expect([fields?.due_date, fields?.due_time, fields?.recurrence?.rule]).toEqual([due_date, '09:00', left])
})

test('a status that says nothing about completion is reported', async () => {
  const file = 'title,status\nMilk,on hold\nBread,closed\n'
  const read = await readTasks({ source: 'csv', file }, context)
  expect(read).toMatchObject([{ lost: ['status'] }, { fields: { completed: true }, lost: [] }])
})

test.each([
  ['2026-04-19', '2026-04-19', undefined, undefined],
  ['20260419', '2026-04-19', undefined, undefined],
  ['2026/4/9', '2026-04-09', undefined, undefined],
  ['2026-04-19 07:00', '2026-04-19', '07:00', undefined],
  ['2026-04-19T07:00:00', '2026-04-19', '07:00', undefined],
  ['2026-04-19T07:00:00.000Z', '2026-04-19', '07:00', 'UTC'],
  ['2026-04-19 00:00:00', '2026-04-19', undefined, undefined],
])('in CSV a cell %s is due on %s at %s', async (cell, due_date, due_time, due_zone) => {
  const [row] = await readTasks({ source: 'csv', file: `title,due\nMilk,${cell}\n` }, context)
  const { fields, lost } = row !== undefined && 'fields' in row ? row : { fields: undefined, lost: undefined }
  expect([fields?.due_date, fields?.due_time, fields?.due_zone, lost]).toEqual([due_date, due_time, due_zone, []])
})

test.each(['4/19/2026', '2026-04-19 25:00', '2026-13-01', '2026-04-31', '2026-04-19T07:00:00+02:00', 'soon'])(
  'in CSV a cell %s is no date, and reported',
  async (cell) => {
    const [row] = await readTasks({ source: 'csv', file: `title,due\nMilk,${cell}\n` }, context)
    expect(row !== undefined && 'lost' in row ? row.lost : []).not.toEqual([])
  },
)

test('of two columns that mean the same the first counts, and the other is reported', async () => {
  const [row] = await readTasks({ source: 'csv', file: 'task,name,labels,category\nMilk,Ann,shop,home\n' }, context)
  expect(row).toMatchObject({ fields: { title: 'Milk', tags: ['shop'] }, lost: ['name', 'category'] })
})

test('a table without a title or a description is no list of tasks', async () => {
  await expect(readTasks({ source: 'csv', file: 'id,due\n1,2026-04-19\n' }, context)).rejects.toThrow(
    'This file cannot be read',
  )
})

test('a column for the time goes before the time in the cell of the date, unless it is empty', async () => {
  const file = 'title,due_date,due_time\nMilk,2026-04-19 07:00,08:00\nBread,2026-04-19 07:00,\n'
  const read = await readTasks({ source: 'csv', file }, context)
  expect(read.map((row) => 'fields' in row && row.fields.due_time)).toEqual(['08:00', '07:00'])
})

test('a column with our own name goes before one that means the same', async () => {
  const file = 'name,title,completed,status\nOther,Milk,false,done\n'
  const [row] = await readTasks({ source: 'csv', file }, context)
  expect(row).toMatchObject({ fields: { title: 'Milk', completed: false }, lost: ['name', 'status'] })
})
