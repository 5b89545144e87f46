import { momentAt } from '@taskwire/calendar'
import { expect, test } from 'vitest'
import { openDueConditions, type Filters } from './filter_sql.ts'

/** The days between which the index is asked for open tasks of a list. */
function daysOf(filters: Filters, now: string, zone: string): unknown[] {
  const values: unknown[] = []
  openDueConditions(filters, momentAt(new Date(now), zone), (value) => `$${values.push(value)}`)
  return values
}

test.each([
  // A day begins in Tonga at 11:00 UTC: until noon it is the day before in the last zone, from 10:00 the next in the first.
  ['today', 'Pacific/Tongatapu', '2026-11-21T12:00:00Z', ['2026-11-20', '2026-11-23']],
  ['upcoming', 'Pacific/Tongatapu', '2026-11-21T12:00:00Z', ['2026-11-21', '2026-11-30']],
  ['today', 'UTC', '2026-11-21T12:00:00Z', ['2026-11-20', '2026-11-22']],
  ['overdue', 'UTC', '2026-11-21T09:59:59.999Z', ['2026-11-21']],
  ['overdue', 'UTC', '2026-11-21T10:00:00Z', ['2026-11-22']],
] as const)('what is due %s in the zone %s lies on days of some zone', (due, zone, now, days) => {
  expect(daysOf({ due }, now, zone)).toEqual(days)
})

test('days that are asked for are taken as they are', () => {
  const asked = { due_from: '2026-11-01', due_to: '2026-11-02' }
  expect(daysOf(asked, '2026-11-21T12:00:00Z', 'UTC')).toEqual(['2026-11-01', '2026-11-02'])
  expect(daysOf({}, '2026-11-21T12:00:00Z', 'UTC')).toEqual([])
})
