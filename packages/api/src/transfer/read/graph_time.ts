import { isZone, instantOf, localTime, moveDays } from '@taskwire/calendar'

/** Graph's dateTimeTimeZone: `2026-10-14T22:00:00.0000000` in a zone, UTC unless the caller asked for another one. */
export interface GraphTime {
  readonly dateTime: string
  readonly timeZone?: string | undefined
}

type MaybeTime = GraphTime | null | undefined

function partsOf(time: MaybeTime) {
  const [, day, clock] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(time?.dateTime ?? '') ?? []
  return day === undefined || clock === undefined ? undefined : { day, time: clock }
}

/**
 * The day of a date, which the product stores as its midnight where the user was: of an instant in UTC, the day that
 * begins nearest to it.
 */
export function dayOf(time: MaybeTime): string | undefined {
  const parts = partsOf(time)
  if (parts === undefined) return time?.dateTime
  return isUtc(time) && parts.time >= '12:00' ? moveDays(parts.day, 1) : parts.day
}

function isUtc(time: MaybeTime): boolean {
  return time?.timeZone === undefined || /^(UTC|Etc\/UTC|GMT)$/i.test(time.timeZone)
}

function instant(time: MaybeTime): Date | undefined {
  const parts = partsOf(time)
  if (parts === undefined) return undefined
  const zone = time?.timeZone ?? 'UTC'
  return isZone(zone) ? instantOf(parts, zone) : undefined
}

/** RFC 3339; undefined where the zone has only a name of Windows. */
export function timeOf(time: MaybeTime): string | undefined {
  return instant(time)?.toISOString()
}

/** The local time in a zone, as a reminder has it. Of a zone that we do not know, the time as it is written. */
export function localTimeOf(time: MaybeTime, zone: string): string | undefined {
  const parts = partsOf(time)
  const at = instant(time)
  const local = at === undefined ? parts : localTime(at, zone)
  return local && `${local.day}T${local.time}`
}
