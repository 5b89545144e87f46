import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  civil,
  dayNumber,
  daysBetween,
  dayText,
  FIRST_NUMBER,
  isDay,
  isTime,
  LAST_NUMBER,
  moveDays,
  weekday,
} from './day.ts'

test('every day from 1900 to 9999 agrees with Date and survives the conversion to its number and back', () => {
  for (let number = FIRST_NUMBER; number <= LAST_NUMBER; number += 1) {
    const date = new Date(number * 86_400_000)
    const { year, month, date: dayOfMonth } = civil(number)
    if (year !== date.getUTCFullYear() || month !== date.getUTCMonth() + 1 || dayOfMonth !== date.getUTCDate())
      expect.fail(`${number} is ${year}-${month}-${dayOfMonth}, Date has ${date.toISOString()}`)
  }
  fc.assert(
    fc.property(fc.integer({ min: FIRST_NUMBER, max: LAST_NUMBER }), (number) => {
      const day = dayText(number)
      expect(day).toBe(new Date(number * 86_400_000).toISOString().slice(0, 10))
      expect(dayNumber(day)).toBe(number)
      expect(weekday(day)).toBe((new Date(number * 86_400_000).getUTCDay() + 6) % 7)
    }),
  )
})

test.each(['1900-01-01', '9999-12-31', '2024-02-29', '2000-02-29', '2026-12-31'])('%s is a day', (text) => {
  expect(isDay(text)).toBe(true)
})

test.each([
  '',
  '1899-12-31',
  '0000-01-01',
  '10000-01-01',
  '2026-02-29',
  '1900-02-29',
  '2026-02-30',
  '2026-04-31',
  '2026-00-10',
  '2026-13-10',
  '2026-01-00',
  '2026-1-1',
  '26-01-01',
  '2026-01-01T00:00',
  ' 2026-01-01',
  '2026-01-01\n',
  '٢٠٢٦-٠١-٠١',
])('%j is not a day', (text) => {
  expect(isDay(text)).toBe(false)
})

test.each(['00:00', '09:05', '19:59', '23:59'])('%s is a time', (text) => expect(isTime(text)).toBe(true))

test.each(['', '24:00', '23:60', '9:00', '09:00:00', '09:00\n', ' 09:00', '0900'])('%j is not a time', (text) =>
  expect(isTime(text)).toBe(false),
)

test('a shift by days crosses months, years and leap days', () => {
  expect(moveDays('2028-02-28', 1)).toBe('2028-02-29')
  expect(moveDays('2026-02-28', 1)).toBe('2026-03-01')
  expect(moveDays('2026-01-01', -1)).toBe('2025-12-31')
  expect(moveDays('1900-02-28', 1)).toBe('1900-03-01')
  expect(daysBetween('2026-11-21', '2027-11-21')).toBe(365)
  expect(daysBetween('2026-11-21', '2026-11-20')).toBe(-1)
})

test('a shift beyond the years 1900 to 9999, or of an invalid day, throws a RangeError', () => {
  expect(() => moveDays('9999-12-31', 1)).toThrow(RangeError)
  expect(() => moveDays('1900-01-01', -1)).toThrow(RangeError)
  expect(() => moveDays('2026-01-01', Number.NaN)).toThrow(RangeError)
  expect(() => moveDays('2026-01-01', 0.5)).toThrow(RangeError)
  expect(() => moveDays('2026-02-30', 1)).toThrow(RangeError)
})
