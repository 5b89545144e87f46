import { instantOf, isDay, isTime, localTime, moveDays } from '@taskwire/calendar'
import type { ReadContext } from '../described_task.ts'
import type { IcsComponent, IcsProperty } from '../text/ics.ts'

/** A date, or a time with or without a zone. */
export interface IcsMoment {
  readonly day: string
  readonly time?: string | undefined
  readonly zone?: string | undefined
}

export interface AlarmsOf {
  /** When the task is due here. */
  readonly at: IcsMoment | undefined
  readonly start: IcsMoment | undefined
  readonly context: ReadContext
  readonly lost: Set<string>
}

/** The reminders that the alarms of a to-do stand for. */
export function remindersOf(todo: IcsComponent, of: AlarmsOf): string[] {
  return alarmsIn(todo).flatMap(({ properties }) => {
    // Apple writes a trigger of 1976 for those that wait for a place.
    const isOfPlace = properties.some(({ name }) => name === 'X-APPLE-PROXIMITY')
    const trigger = properties.find(({ name }) => name === 'TRIGGER')
    const reminder = isOfPlace ? undefined : trigger && reminderOf(trigger, of)
    if (reminder === undefined) of.lost.add(isOfPlace ? 'location alarm' : 'alarm')
    return reminder ?? []
  })
}

/** The triggers as the file has them: the reminder of an instant is a local time, which depends on the user's zone. */
export function writtenTriggers(todo: IcsComponent): (IcsProperty | undefined)[] {
  return alarmsIn(todo).map(({ properties }) => properties.find(({ name }) => name === 'TRIGGER'))
}

function alarmsIn({ components }: IcsComponent): IcsComponent[] {
  return components.filter(({ name }) => name === 'VALARM')
}

/** RFC 5545 3.8.6.3: a duration counts from the start unless RELATED is END or there is none, else it is a time in UTC. */
function reminderOf({ value, parameters }: IcsProperty, { at, start, context }: AlarmsOf): string | undefined {
  const zone = at?.zone ?? context.zone
  const offset = offsetOf(value.trim())
  if (offset === undefined) {
    const instant = instantIn(value.trim())
    return instant && localText(instant, zone)
  }
  const anchor = parameters['RELATED']?.toUpperCase() === 'END' || start === undefined ? at : start
  if (anchor === undefined) return undefined
  if (isSame(anchor, at) && (anchor.time !== undefined || offset.minutes === 0)) {
    const duration = durationBefore(offset)
    if (duration !== undefined) return duration
  }
  const { day, time = '00:00' } = anchor
  if (!isDay(day) || !isTime(time)) return undefined
  const moved = instantOf({ day: moveDays(day, offset.days), time }, anchor.zone ?? context.zone)
  return localText(new Date(moved.getTime() + offset.minutes * 60_000), zone)
}

interface Offset {
  readonly days: number
  readonly minutes: number
}

/** A longer time has no place between the days that there are. */
const MAX_DAYS = 10_000

function offsetOf(text: string): Offset | undefined {
  const [whole, sign, ...parts] =
    /^([+-])?P(?=[\dT])(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?=\d)(?:(\d{1,5})H)?(?:(\d{1,5})M)?(?:\d{1,5}S)?)?$/.exec(
      text,
    ) ?? []
  if (whole === undefined) return undefined
  const [weeks = 0, days = 0, hours = 0, minutes = 0] = parts.map((digits: string | undefined) => Number(digits ?? 0))
  const factor = sign === '-' ? -1 : 1
  const sum = weeks * 7 + days
  return sum > MAX_DAYS ? undefined : { days: factor * sum, minutes: factor * (hours * 60 + minutes) }
}

/** What is after the due time, or longer before it than a reminder can be, is no duration here. */
function durationBefore({ days, minutes }: Offset): string | undefined {
  if (days > 0 || minutes > 0 || -days * 1440 - minutes > 28 * 1440) return undefined
  if (days === 0 && minutes === 0) return 'PT0S'
  const [hours, rest] = [Math.floor(-minutes / 60), -minutes % 60]
  const time = `${hours === 0 ? '' : `${hours}H`}${rest === 0 ? '' : `${rest}M`}`
  return `P${days === 0 ? '' : `${-days}D`}${time === '' ? '' : `T${time}`}`
}

function isSame(one: IcsMoment, other: IcsMoment | undefined): boolean {
  return one.day === other?.day && one.time === other.time && one.zone === other.zone
}

function instantIn(text: string): Date | undefined {
  const [, year, month, date, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? []
  const instant = new Date(`${year}-${month}-${date}T${hour}:${minute}:${second}Z`)
  return year === undefined || Number.isNaN(instant.getTime()) ? undefined : instant
}

function localText(instant: Date, zone: string): string {
  const { day, time } = localTime(instant, zone)
  return `${day}T${time}`
}
