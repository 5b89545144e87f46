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
  for (const [source, samples] of counts) expect([source, samples.length]).toEqual([source, 3])
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

test('a column with our own name goes before one that means the same', async () => {
  const file = 'name,title,completed,status\nOther,Milk,false,done\n'
  const [row] = await readTasks({ source: 'csv', file }, context)
  expect(row).toMatchObject({ fields: { title: 'Milk', completed: false }, lost: ['name', 'status'] })
})
