/**
 * A calendar day as `YYYY-MM-DD`, of the proleptic Gregorian calendar, from 1900-01-01 to 9999-12-31. Days compare as
 * strings. A day has no zone and no time.
 */
export type Day = string

/** The first and the last day that a task may name. */
export const FIRST_DAY: Day = '1900-01-01'
export const LAST_DAY: Day = '9999-12-31'

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/

/** Whether `text` is `YYYY-MM-DD` and names a day that exists, 1900-01-01 to 9999-12-31. */
export function isDay(text: string): boolean {
  const match = DAY.exec(text)
  if (!match || text < FIRST_DAY) return false
  const month = Number(match[2])
  const date = Number(match[3])
  return month >= 1 && month <= 12 && date >= 1 && date <= daysInMonth(Number(match[1]), month)
}

/** Whether `text` is a time of day `HH:MM`, 00:00 to 23:59. */
export function isTime(text: string): boolean {
  return TIME.test(text)
}

/**
 * The day `days` after `day` (before it, if negative).
 *
 * @throws RangeError if `day` is not a day or the result lies outside 1900-01-01 to 9999-12-31.
 */
export function moveDays(day: Day, days: number): Day {
  return dayText(dayNumber(day) + days)
}

/** How many days `to` lies after `from`; negative if before. */
export function daysBetween(from: Day, to: Day): number {
  return dayNumber(to) - dayNumber(from)
}

/** The weekday of a day: 0 is Monday, 6 is Sunday (ISO 8601 less one). */
export function weekday(day: Day): number {
  return weekdayOf(dayNumber(day))
}

/** Days since 1970-01-01. @throws RangeError if `day` is not a day (see `isDay`). */
export function dayNumber(day: Day): number {
  if (!isDay(day)) throw new RangeError(`Not a day: ${day.slice(0, 40)}`)
  return dayNumberOf(Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10)))
}

/** The day of a day number. @throws RangeError outside 1900-01-01 to 9999-12-31. */
export function dayText(number: number): Day {
  if (!Number.isInteger(number) || number < FIRST_NUMBER || number > LAST_NUMBER)
    throw new RangeError(`No such day number: ${number}`)
  const { year, month, date } = civil(number)
  return `${year}-${twoDigits(month)}-${twoDigits(date)}`
}

/** The day number of a year, a month 1..12 and a date. The date may lie outside the month. */
export function dayNumberOf(year: number, month: number, date: number): number {
  // Years count from March, so that the leap day is the last of its year (Hinnant, "chrono-compatible low-level date algorithms").
  const shifted = month > 2 ? year : year - 1
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + date - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

/** Year, month 1..12 and date of a day number: the reverse of `dayNumberOf`. */
export function civil(number: number): { year: number; month: number; date: number } {
  const shifted = number + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    date: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
  }
}

/** The weekday of a day number: 0 is Monday, 6 is Sunday. 1970-01-01 was a Thursday. */
export function weekdayOf(number: number): number {
  return (((number + 3) % 7) + 7) % 7
}

/** How many days the month 1..12 of the year has. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Whether the year has a 29 February. */
export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number)
}

/** The day numbers of FIRST_DAY and LAST_DAY. */
export const FIRST_NUMBER = dayNumberOf(1900, 1, 1)
export const LAST_NUMBER = dayNumberOf(9999, 12, 31)
