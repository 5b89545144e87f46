import { dayNumber, dayNumberOf, dayText, isTime, LAST_DAY, moveDays, type Day } from './day.ts'

/** A day and a time of day `HH:MM` on the clocks of a time zone. */
export interface LocalTime {
  day: Day
  time: string
}

/**
 * The instant at which the clocks of a time zone show a day and a time, after RFC 5545 section 3.3.5: a time that the
 * clocks skip is moved forward by the length of the gap; of a time that they show twice it is the first.
 *
 * The result depends on the time zone data of the runtime, never on the runtime's own zone. An instant after the year 9999
 * is that year's last millisecond: RFC 3339 can write none later.
 *
 * @throws RangeError if the day, the time or the zone does not exist.
 */
export function instantOf({ day, time }: LocalTime, zone: string): Date {
  if (!isTime(time)) throw new RangeError(`Not a time: ${time.slice(0, 40)}`)
  return new Date(Math.min(instantOfClock(dayNumber(day) * DAY + timeMs(time), zone), LAST_INSTANT))
}

/**
 * The day and the minute that the clocks of a zone show at an instant.
 *
 * @throws RangeError if the zone does not exist or the day lies outside 1900 to 9999.
 */
export function localTime(instant: Date, zone: string): LocalTime {
  const clock = clockAt(instant.getTime(), zone)
  const day = Math.floor(clock / DAY)
  const minutes = Math.floor((clock - day * DAY) / 60_000)
  const hour = String(Math.floor(minutes / 60)).padStart(2, '0')
  return { day: dayText(day), time: `${hour}:${String(minutes % 60).padStart(2, '0')}` }
}

/** The day that it is in a zone at the instant `now`. @throws RangeError if the zone does not exist. */
export function today(zone: string, now: Date): Day {
  return dayText(Math.floor(clockAt(now.getTime(), zone) / DAY))
}

/**
 * The first day whose `time` in a zone is not before `now`: today, or later once that time has passed. Without a time it
 * is today. @throws RangeError if the zone or the time does not exist.
 */
export function firstDayNotBefore(now: Date, zone: string, time: string | undefined): Day {
  let day = today(zone, now)
  if (time === undefined) return day
  while (day < LAST_DAY && instantOf({ day, time }, zone).getTime() < now.getTime()) day = moveDays(day, 1)
  return day
}

/**
 * Whether `name` is an IANA time zone that this runtime knows, links such as `Asia/Calcutta` included. Offsets such as
 * `+02:00` are none.
 */
export function isZone(name: string): boolean {
  try {
    formatter(name)
    return true
  } catch {
    return false
  }
}

const DAY = 86_400_000
const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999)
// An offset begins with a sign; no name of the IANA database comes near 64 characters.
const ZONE_NAME = /^[a-z][a-z0-9_+/-]{0,63}$/i
// V8 takes more names from ICU, such as PST and IST, that other runtimes refuse. These of three letters are IANA's.
const ICU_NAME = /^(?:systemv\/.*|(?!cet|eet|est|gmt|hst|met|mst|prc|roc|rok|uct|utc|wet)[a-z]{3})$/i

/** A clock is what a zone's clocks show, as the instant at which UTC shows the same, in milliseconds. */
function instantOfClock(clock: number, zone: string): number {
  // No zone is a day away from UTC, so these two are on either side of whatever transition is near.
  const before = offsetAt(clock - DAY, zone)
  const after = offsetAt(clock + DAY, zone)
  // The greater offset gives the earlier instant, the first of two equal times.
  for (const offset of [Math.max(before, after), Math.min(before, after)])
    if (offsetAt(clock - offset, zone) === offset) return clock - offset
  // In a gap the offset before it counts, which moves the time forward by the gap.
  return clock - before
}

function offsetAt(instant: number, zone: string): number {
  return clockAt(instant, zone) - Math.floor(instant / 1000) * 1000
}

function clockAt(instant: number, zone: string): number {
  const text = formatter(zone).format(instant)
  const [month = 0, date = 0, year = 0, hour = 0, minute = 0, second = 0] = (text.match(/\d+/g) ?? []).map(Number)
  // Some runtimes write midnight as 24:00:00 of the day that begins.
  return dayNumberOf(year, month, date) * DAY + ((hour % 24) * 3600 + minute * 60 + second) * 1000
}

function timeMs(time: string): number {
  return (Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))) * 60_000
}

/** A formatter takes some ten microseconds and kilobytes to make. The least recently used one makes room. */
const formatters = new Map<string, Intl.DateTimeFormat>()
const FORMATTERS_MAX = 100

function formatter(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone)
  const format = known ?? newFormatter(zone)
  formatters.delete(zone)
  formatters.set(zone, format)
  if (formatters.size > FORMATTERS_MAX) formatters.delete(formatters.keys().next().value ?? '')
  return format
}

function newFormatter(timeZone: string): Intl.DateTimeFormat {
  if (!ZONE_NAME.test(timeZone) || ICU_NAME.test(timeZone))
    throw new RangeError(`Not a time zone: ${timeZone.slice(0, 40)}`)
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
}
