import { dateLocale } from '../texts/language.ts'

let format: Intl.DateTimeFormat | undefined

/** A time of day as the user's locale writes it: 17:00, 5:00 PM. */
export function timeText(time: string): string {
  format ??= new Intl.DateTimeFormat(dateLocale(), { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' })
  return format.format(new Date(`1970-01-01T${time}:00Z`))
}
