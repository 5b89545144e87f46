import { isReminder, parseDuration } from '@taskwire/calendar'
import { exactTime } from '../time.ts'
import { t } from '../texts/texts.ts'

/**
 * A reminder in plain words: "30 minutes before", "1 day before", "when due", or the time at which it comes. Text that is
 * no reminder stays as it is.
 */
export function reminderText(reminder: string): string {
  const duration = parseDuration(reminder)
  if (duration === undefined) return isReminder(reminder) ? exactTime(reminder) : reminder
  const { days, minutes } = duration
  const parts = [
    [days % 7 === 0 ? days / 7 : 0, t.fields.weeks],
    [days % 7 === 0 ? 0 : days, t.fields.days],
    [Math.floor(minutes / 60), t.fields.hours],
    [minutes % 60, t.fields.minutes],
  ] as const
  const counted = parts.filter(([count]) => count > 0).map(([count, text]) => text(count))
  return counted.length === 0 ? t.fields.whenDue : t.fields.before(counted.join(' '))
}
