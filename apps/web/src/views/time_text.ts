const format = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' })

/** A time of day as the browser's language writes it: 17:00, 5:00 PM. */
export function timeText(time: string): string {
  return format.format(new Date(`1970-01-01T${time}:00Z`))
}
