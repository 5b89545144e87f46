import { expect, test } from 'vitest'
import { fieldsText } from './fields.ts'

test.each([
  [{}, ''],
  [{ due_date: '2026-11-27' }, ', due Fri 27 Nov 2026'],
  [{ due_date: '2026-11-27', due_time: '17:00' }, ', due Fri 27 Nov 2026 17:00'],
  [{ due_time: '17:00' }, ', due at 17:00'],
  [{ recurrence: { rule: 'FREQ=DAILY' } }, ', every day'],
  [{ recurrence: { rule: 'of a newer version' } }, ', of a newer version'],
  [{ priority: 'low', tags: ['home', 'two words'] }, ', low priority, #home, #"two words"'],
  [{ due_date: null, due_time: null, priority: null, recurrence: null, tags: [] }, ''],
])('%j is told as %j', (fields, text) => {
  expect(fieldsText(fields)).toBe(text)
})

test('a value of another kind is left out, and the others are told', () => {
  const fields = { due_date: 7, due_time: {}, priority: ['high'], tags: 'home', recurrence: 'daily' }
  expect(fieldsText(fields)).toBe('')
  expect(fieldsText({ ...fields, priority: 'high' })).toBe(', high priority')
  expect(fieldsText({ ...fields, tags: ['home'] })).toBe(', #home')
  expect(fieldsText(undefined)).toBe('')
})
