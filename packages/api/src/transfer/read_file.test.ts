import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { importSamples } from '../../testing/import_samples.ts'
import { taskFields } from '../task/fields.ts'
import { taskOutput } from '../task/schema.ts'
import { PAUSE } from './described_task.ts'
import { csvCell, csvRows, textOfCell } from './text/csv.ts'
import { readTasks } from './read_file.ts'
import { todoTxtLine } from './write/todotxt.ts'

const context = { today: '2026-09-27', zone: 'UTC' }

test.each(importSamples)('$what is read', async ({ source, file, rows, first, lost = [] }) => {
  const read = await readTasks({ source, file }, context)
  expect(read).toHaveLength(rows)
  expect(read.map((row) => ('reason' in row ? row.reason : 'a task'))).toEqual(Array(rows).fill('a task'))
  expect(read[0]).toMatchObject({ fields: first, lost })
})

test('every source has three samples', () => {
  const counts = Map.groupBy(importSamples, ({ source }) => source)
  expect([...counts.values()].map((samples) => samples.length)).toEqual([3, 3, 3, 3, 3, 3])
})

test('fingerprints are equal for the same file, and differ for each of its tasks', async () => {
  for (const { source, file } of importSamples) {
    const [one, other] = [await readTasks({ source, file }, context), await readTasks({ source, file }, context)]
    const prints = one.map((row) => ('fingerprint' in row ? row.fingerprint : ''))
    expect(other.map((row) => ('fingerprint' in row ? row.fingerprint : ''))).toEqual(prints)
    expect(new Set(prints).size).toBe(prints.length)
  }
})

test.each(['=1+1', '+1', '-1', '@SUM(1)', '\tx', "'=1", "''=1", "'quoted'", 'a,b;"c"\r\nd', ''])(
  'a spreadsheet takes the cell %j for text, and it is read back as it was',
  (text) => {
    const written = csvCell(text)
    expect(written).not.toMatch(/^"?[=+\-@\t\r]/)
    const [row] = [...csvRows(`title,x\n${written},y`)].filter((line) => line !== PAUSE).slice(1)
    expect(textOfCell(row?.cells[0] ?? '')).toBe(text)
  },
)

describe('a file that is made to take long', () => {
  const todo = (lines: string) =>
    `BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:1\nSUMMARY:Milk\nDUE:20261201\n${lines}END:VTODO\nEND:VCALENDAR\n`

  // What takes longer with the square of the length, or with every character twice as long, does not end in time.
  test.each([
    ['ics', 'a duration of zeros', todo(`BEGIN:VALARM\nTRIGGER:P${'0H'.repeat(60)}1\nEND:VALARM\n`)],
    [
      'taskwire',
      'tags that are equal',
      JSON.stringify([{ title: 'Milk', tags: [...Array(100_000).fill('a'), 'b,c'] }]),
    ],
    ['taskwire', 'more than a million tags', JSON.stringify([{ title: 'Milk', tags: Array(1_500_000).fill(1) }])],
    ['todoist', 'labels before a word', `TYPE,CONTENT\ntask,"Milk${' @b'.repeat(60_000)} x"\n`],
    [
      'mstodo',
      'elements that are never closed',
      JSON.stringify([{ title: 'Milk', body: { contentType: 'html', content: '<br'.repeat(500_000) } }]),
    ],
    ['todotxt', 'a line that is the file', `Milk ${'x'.repeat(5_000_000)}`],
  ] as const)('as %s, by %s, is read', async (source, _what, file) => {
    const [row, ...others] = await readTasks({ source, file }, context)
    expect(others).toEqual([])
    expect(row).toMatchObject({ fields: { title: expect.stringMatching(/^Milk/) } })
  })

  const calendar = (lines: string) => `BEGIN:VCALENDAR\n${lines}END:VCALENDAR\n`
  test.each([
    ['ics', 'empty lines', calendar('\n'.repeat(500_000))],
    ['ics', 'events', calendar('BEGIN:VEVENT\nEND:VEVENT\n'.repeat(250_000))],
    ['ics', 'a line that is folded again and again', calendar(' a\n'.repeat(500_000))],
    ['csv', 'empty lines', `title\n${'\n'.repeat(500_000)}`],
    ['csv', 'rows of empty cells', `title\n${',,\n'.repeat(500_000)}`],
    ['todoist', 'empty lines before the header', '\n'.repeat(500_000)],
    ['ticktick', 'lines before the header', 'a,b\n'.repeat(500_000)],
    ['mstodo', 'rows of empty cells', `Subject,Due Date\n${',\n'.repeat(500_000)}`],
    ['todotxt', 'empty lines', '\n'.repeat(500_000)],
    ['csv', 'short tasks', `title\n${'Milk\n'.repeat(250)}`],
  ] as const)('as %s, by %s, leaves others their turns', async (source, _what, file) => {
    let isRead = false
    const reading = readTasks({ source, file }, context)
      .catch(() => {})
      .finally(() => (isRead = true))
    let turns = 0
    for (; !isRead; turns++) await turn()
    await reading
    expect(turns).toBeGreaterThanOrEqual(250)
  })

  test('as a to-do with more parts than any program writes, is refused', async () => {
    const error = await readTasks({ source: 'ics', file: todo('X-A:b\n'.repeat(6000)) }, context).catch(
      (e: unknown) => e,
    )
    expect(error).toMatchObject({ details: { fields: [{ msg: expect.stringContaining('VTODO has too many parts') }] } })
  })

  test('keeps of a list with too many entries as many as a task can have', async () => {
    const checklist = [{ text: '' }, ...Array.from({ length: 120 }, (_, n) => ({ text: `${n}` })), 'none']
    const file = JSON.stringify([{ title: 'Milk', checklist, tags: ['a', 'b,c', 'd'] }])
    const [row] = await readTasks({ source: 'taskwire', file }, context)
    expect(row).toMatchObject({ fields: { tags: ['a', 'd'] }, lost: ['tags', 'checklist'] })
    const kept = row !== undefined && 'fields' in row ? row.fields.checklist : []
    expect(kept?.map(({ text }) => text)).toEqual(Array.from({ length: 50 }, (_, n) => `${n}`))
  })

  test.each([
    ['taskwire', `[${'1,'.repeat(5_000_000)}1]`, 'it is no export of Taskwire'],
    ['mstodo', `[${'1,'.repeat(5_000_000)}1]`, 'it has more than 10000 tasks'],
    ['google', `{"kind":"tasks#taskLists","items":[${'1,'.repeat(5_000_000)}1]}`, 'it has more than 10000 tasks'],
    ['mstodo', `Subject,Due Date\n${'a,\n'.repeat(3_000_000)}`, 'it has more than 10000 tasks'],
    ['taskwire', `[{"title":"a","tags":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`, 'nested too deeply'],
  ] as const)('as %s is refused: sample %#', async (source, file, message) => {
    const error = await readTasks({ source, file }, context).catch((refusal: unknown) => refusal)
    expect(error).toMatchObject({
      reason: 'import_unreadable',
      details: { fields: [{ msg: expect.stringContaining(message) }] },
    })
  })

  test('reports fifty names of what is lost at most', async () => {
    const names = Array.from({ length: 5000 }, (_, index) => `column_${index}`)
    const file = `title,${names.join(',')}\nMilk,${'x,'.repeat(4999)}x\n`
    const [row] = await readTasks({ source: 'csv', file }, context)
    expect(row).toMatchObject({ lost: names.slice(0, 50) })
  })
})

test('a task of Microsoft Graph needs no more than its title', async () => {
  const file =
    '{"value":[{"displayName":"Home","tasks":[{"title":"Milk","status":"notStarted","categories":["a",1]}]}]}'
  const [row] = await readTasks({ source: 'mstodo', file }, context)
  expect(row).toMatchObject({ fields: { title: 'Milk', tags: ['a', 'home'] }, lost: [] })
})

test.each([
  ['note: buy milk'],
  ['std note::x and due:://y'],
  ['see note://x and https://example.com'],
  ['call id:: 5'],
])('the title %j is in a line of todo.txt as it was', async (title) => {
  const examples = Object.entries(taskFields).map(([name, { example }]) => [name, example])
  const task = taskOutput.parse({ ...Object.fromEntries(examples), title })
  const [row] = await readTasks({ source: 'todotxt', file: todoTxtLine(task) }, context)
  expect(row).toMatchObject({ fields: { title, description: task.description } })
})

test.each([
  ['Milk @home @shop', 'Milk', ['home', 'shop']],
  ['Ask @ann about it', 'Ask @ann about it', []],
  ['@home', '@home', []],
  ['@home @shop', '@home', ['shop']],
  ['Mail a@b', 'Mail a@b', []],
])('the labels of %j of Todoist are those at its end', async (content, title, tags) => {
  const [row] = await readTasks({ source: 'todoist', file: `TYPE,CONTENT\ntask,${content}\n` }, context)
  expect(row).toMatchObject({ fields: { title, tags } })
})
