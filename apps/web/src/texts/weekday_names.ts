import { dateLocale } from './language.ts'

/** The names of the weekdays from Monday to Sunday. */
export function weekdayNames(length: 'long' | 'short'): string[] {
  const format = new Intl.DateTimeFormat(dateLocale(), { weekday: length, timeZone: 'UTC' })
  // The first of these days is a Monday.
  return [5, 6, 7, 8, 9, 10, 11].map((date) => format.format(Date.UTC(1970, 0, date)))
}
