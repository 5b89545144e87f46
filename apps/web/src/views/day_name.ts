import { daysBetween, type Day } from '@taskwire/calendar'

// A day has no zone: it is formatted as midnight in UTC, in UTC.
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long', timeZone: 'UTC' })
const short = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' })
const withYear = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})

const near: Readonly<Record<string, string>> = { '-1': 'Yesterday', '0': 'Today', '1': 'Tomorrow' }

/** A day as a heading: "Tomorrow, Mon, Nov 23", "Mon, Nov 30", "Nov 30, 2027". */
export function dayName(day: Day, today: Day): string {
  const name = near[daysBetween(today, day)]
  return name === undefined ? dateText(day, today) : `${name}, ${dateText(day, today)}`
}

/** A day as a label: "Today", "Friday", "Mon, Nov 30". */
export function shortDayName(day: Day, today: Day): string {
  const days = daysBetween(today, day)
  return near[days] ?? (days > 0 && days < 7 ? weekday.format(utc(day)) : dateText(day, today))
}

function dateText(day: Day, today: Day): string {
  return (day.slice(0, 4) === today.slice(0, 4) ? short : withYear).format(utc(day))
}

function utc(day: Day): Date {
  return new Date(`${day}T00:00:00Z`)
}
