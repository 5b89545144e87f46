import { expect, test } from 'vitest'
import { importSamples } from '../../testing/import_samples.ts'
import { csvCell, csvRows, textOfCell } from './text/csv.ts'
import { readTasks } from './read_file.ts'

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
    const [row] = [...csvRows(`title,x\n${written},y`)].slice(1)
    expect(textOfCell(row?.cells[0] ?? '')).toBe(text)
  },
)
