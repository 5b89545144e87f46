import { expect, test } from 'vitest'
import { migrationName, timestampAfter } from './migration_name.ts'

test.each([
  ['task_due_date', 'task_due_date'],
  [' Task due-date ', 'task_due_date'],
  ['v2', 'v2'],
  ['', undefined],
  ['--', undefined],
])('the migration "%s" is called %s', (text, name) => {
  expect(migrationName(text)).toBe(name)
})

const NOW = new Date('2026-11-22T09:08:07.999Z')

test.each([
  ['the first migration', undefined, '20261122090807'],
  ['one after an older one', '20261122090805_task', '20261122090807'],
  ['one in the same second', '20261122090807_task', '20261122090808'],
  ['one after a clock that was ahead', '20270101000000_task', '20270101000001'],
])('%s is named by the time in UTC, and comes last', (_, last, expected) => {
  expect(timestampAfter(last, NOW)).toBe(expected)
})
