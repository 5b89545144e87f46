const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'narrow' })
const dayOnly = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' })
const dayAndYear = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' })
const dateAndTime = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' })

/** `now`, `5m ago`, `3h ago`, `2d ago`, then the date. */
export function relativeTime(time: string): string {
  const date = new Date(time)
  const seconds = (Date.now() - date.getTime()) / 1000
  if (seconds < 60) return 'now'
  if (seconds > 6 * 86_400) return (date.getFullYear() === new Date().getFullYear() ? dayOnly : dayAndYear).format(date)
  const [unit, length] = units.find(([, size]) => seconds >= size) ?? ['minute', 60]
  return relative.format(-Math.floor(seconds / length), unit)
}

/** Date and time. */
export function exactTime(time: string): string {
  return dateAndTime.format(new Date(time))
}
