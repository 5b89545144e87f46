import { dateLocale } from './texts/language.ts'
import { t } from './texts/texts.ts'

const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

interface Formats {
  readonly relative: Intl.RelativeTimeFormat
  readonly dayOnly: Intl.DateTimeFormat
  readonly dayAndYear: Intl.DateTimeFormat
  readonly dateAndTime: Intl.DateTimeFormat
}

let made: Formats | undefined

function formats(): Formats {
  const locale = dateLocale()
  made ??= {
    relative: new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'narrow' }),
    dayOnly: new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' }),
    dayAndYear: new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' }),
    dateAndTime: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
  }
  return made
}

/** `now`, `5m ago`, `3h ago`, `2d ago`, then the date. */
export function relativeTime(time: string): string {
  const date = new Date(time)
  const seconds = (Date.now() - date.getTime()) / 1000
  if (seconds < 60) return t.list.now
  const { relative, dayOnly, dayAndYear } = formats()
  if (seconds > 6 * 86_400) return (date.getFullYear() === new Date().getFullYear() ? dayOnly : dayAndYear).format(date)
  const [unit, length] = units.find(([, size]) => seconds >= size) ?? ['minute', 60]
  return relative.format(-Math.floor(seconds / length), unit)
}

/** Date and time. */
export function exactTime(time: string): string {
  return formats().dateAndTime.format(new Date(time))
}
