import { daysBetween, isDay, type Day } from '@taskwire/calendar'
import { dateLocale } from '../texts/language.ts'
import { t } from '../texts/texts.ts'

const near = { '-1': 'yesterday', '0': 'today', '1': 'tomorrow' } as const

// A write that waits for the server may have a day that the server will reject: it is named as it is.

/** A day as a heading: "Tomorrow, Mon, Nov 23", "Mon, Nov 30", "Nov 30, 2027". */
export function dayName(day: Day, today: Day): string {
  if (!isDay(day)) return day
  const name = nearName(daysBetween(today, day))
  return name === undefined ? dateText(day, today) : `${name}, ${dateText(day, today)}`
}

/** A day as a label: "Today", "Friday", "Mon, Nov 30". */
export function shortDayName(day: Day, today: Day): string {
  if (!isDay(day)) return day
  const days = daysBetween(today, day)
  return nearName(days) ?? (days > 0 && days < 7 ? formats().weekday.format(utc(day)) : dateText(day, today))
}

function dateText(day: Day, today: Day): string {
  const { short, withYear } = formats()
  return (day.slice(0, 4) === today.slice(0, 4) ? short : withYear).format(utc(day))
}

function nearName(days: number): string | undefined {
  const name = days === -1 || days === 0 || days === 1 ? near[`${days}`] : undefined
  return name && t.list.days[name]
}

interface Formats {
  readonly weekday: Intl.DateTimeFormat
  readonly short: Intl.DateTimeFormat
  readonly withYear: Intl.DateTimeFormat
}

let made: Formats | undefined

const format = (parts: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(dateLocale(), { ...parts, timeZone: 'UTC' })

// A day has no zone: it is formatted as midnight in UTC, in UTC.
function formats(): Formats {
  made ??= {
    weekday: format({ weekday: 'long' }),
    short: format({ weekday: 'short', day: 'numeric', month: 'short' }),
    withYear: format({ day: 'numeric', month: 'short', year: 'numeric' }),
  }
  return made
}

function utc(day: Day): Date {
  return new Date(`${day}T00:00:00Z`)
}
