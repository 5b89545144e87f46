import { expect, test } from 'vitest'
import type { z } from 'zod'
import { day, dueDay, reminders, time, zone } from './dates.ts'

const problem = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error?.issues[0]?.message

test.each([
  ['2026-12-01', undefined],
  ['1900-01-01', undefined],
  ['9999-12-31', undefined],
  ['1899-12-31', 'There is no such day'],
  ['2026-02-29', 'There is no such day'],
  ['2026-12-1', 'Must be a date (YYYY-MM-DD)'],
  ['2026-12-01T10:00', 'Must be a date (YYYY-MM-DD)'],
  [20261201, 'Must be a date (YYYY-MM-DD)'],
])('the day %j: %j', (value, expected) => {
  expect(problem(day, value)).toBe(expected)
})

test('whoever sends a time with the due date learns where it goes', () => {
  for (const value of ['2026-12-01T10:00:00Z', '2026-12-01 10:00']) {
    expect(problem(dueDay, value)).toBe('Must be a date (YYYY-MM-DD). The time goes into due_time')
  }
  expect(problem(dueDay, 'soon')).toBe('Must be a date (YYYY-MM-DD)')
})

test.each([
  ['00:00', true],
  ['23:59', true],
  ['24:00', false],
  ['9:00', false],
  ['09:60', false],
  ['09:00:00', false],
])('the time %s is valid: %s', (value, expected) => {
  expect(time.safeParse(value).success).toBe(expected)
})

test.each([
  ['Europe/Berlin', true],
  ['Asia/Calcutta', true],
  ['UTC', true],
  ['+02:00', false],
  ['Europe/Atlantis', false],
  ['', false],
])('the zone %j is valid: %s', (value, expected) => {
  expect(zone.safeParse(value).success).toBe(expected)
})

test('a task reminds five times at most, counted without repeats', () => {
  const five = ['PT0S', 'PT5M', 'P1D', 'P28D', '2026-12-01T08:00']
  expect(reminders.parse([...five, 'PT5M'])).toEqual(five)
  expect(problem(reminders, [...five, 'PT6M'])).toBe('At most 5 reminders')
  for (const wrong of ['P29D', '-PT5M', '2026-12-01', '2026-12-01T08:00Z', 'soon']) {
    expect(problem(reminders, [wrong])).toContain('Must be a duration before due')
  }
})
