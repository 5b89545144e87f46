import { isRelativeReminder, parseDuration } from '@taskwire/calendar'
import { exactTime } from '../time.ts'

/** A reminder in plain words: "30 minutes before", "1 day before", "when due", or the time at which it comes. */
export function reminderText(reminder: string): string {
  const duration = parseDuration(reminder)
  if (duration === undefined || !isRelativeReminder(reminder)) return exactTime(reminder)
  const { days, minutes } = duration
  const parts = [
    counted(days % 7 === 0 ? days / 7 : 0, 'week'),
    counted(days % 7 === 0 ? 0 : days, 'day'),
    counted(Math.floor(minutes / 60), 'hour'),
    counted(minutes % 60, 'minute'),
  ].filter((part) => part !== '')
  return parts.length === 0 ? 'when due' : `${parts.join(' ')} before`
}

function counted(count: number, unit: string): string {
  if (count === 0) return ''
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`
}
