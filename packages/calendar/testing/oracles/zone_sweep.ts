import { Temporal } from 'temporal-polyfill'
import { instantOf, localTime } from '../../src/zone.ts'

/**
 * Compares instantOf and localTime with Temporal in every n-th time zone (n is the argument), around all transitions of
 * 2026 to 2030, whatever the zone of the process. Prints what it compared and the first differences.
 */

/** Minutes before and after the moment at which the clocks change. */
const AROUND = [-1500, -1440, -120, -61, -60, -59, -31, -30, -1, 0, 1, 30, 59, 60, 90, 1440]
const FROM = Temporal.Instant.from('2026-01-01T00:00:00Z')
const TO = Temporal.Instant.from('2031-01-01T00:00:00Z')

const every = Number(process.argv[2] ?? 1)
const zones = [...Intl.supportedValuesOf('timeZone'), 'Asia/Calcutta', 'US/Eastern', 'UTC'].filter(
  (_, i) => i % every === 0,
)
const result = { zones: zones.length, transitions: 0, compared: 0, different: 0, first: Array<string>() }

for (const zone of zones) {
  const transitions = transitionsOf(zone)
  result.transitions += transitions.length
  for (const transition of transitions.length === 0 ? [FROM.toZonedDateTimeISO(zone)] : transitions)
    compareAround(transition)
}
process.stdout.write(JSON.stringify(result))

function transitionsOf(zone: string): Temporal.ZonedDateTime[] {
  const found: Temporal.ZonedDateTime[] = []
  let at = FROM.toZonedDateTimeISO(zone).getTimeZoneTransition('next')
  for (; at && at.epochMilliseconds < TO.epochMilliseconds; at = at.getTimeZoneTransition('next')) found.push(at)
  return found
}

function compareAround(transition: Temporal.ZonedDateTime): void {
  const zone = transition.timeZoneId
  const clockBefore = transition.subtract({ nanoseconds: 1 }).toPlainDateTime().add({ nanoseconds: 1 })
  for (const minutes of AROUND) {
    const clock = clockBefore.add({ minutes })
    const local = { day: clock.toPlainDate().toString(), time: clock.toPlainTime().toString().slice(0, 5) }
    const wanted = Temporal.PlainDateTime.from(`${local.day}T${local.time}`).toZonedDateTime(zone)
    compare(`${zone} ${local.day} ${local.time}`, instantOf(local, zone).getTime(), wanted.epochMilliseconds)
    const instant = transition.add({ minutes })
    const shown = localTime(new Date(instant.epochMilliseconds), zone)
    compare(
      `${zone} at ${instant.toInstant().toString()}`,
      `${shown.day}T${shown.time}`,
      instant.toPlainDateTime().toString().slice(0, 16),
    )
  }
}

function compare(what: string, got: string | number, wanted: string | number): void {
  result.compared += 1
  if (got === wanted) return
  result.different += 1
  if (result.first.length < 10) result.first.push(`${what}: ${got}, not ${wanted}`)
}
