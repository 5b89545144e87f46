import { instantOf, localTime, type LocalTime } from '@taskwire/calendar'
import { icsLine } from './ics.ts'
import { twoDigits } from './two_digits.ts'

const HOUR = 3_600_000
const STEP = 14 * 24 * HOUR

/** The offset of a zone from UTC at an instant, in minutes. */
function offsetAt(instant: number, zone: string): number {
  const local = localTime(new Date(instant), zone)
  return Math.round((Date.parse(`${local.day}T${local.time}:00Z`) - instant) / 60_000)
}

/**
 * A zone as VTIMEZONE, which readers need that do not know its name: its offset at the beginning of `from`, and each
 * change until the end of `to`. Changes are found by search, as neither Node nor a calendar tells the rules of a zone.
 */
export function icsZone(zone: string, { from, to }: { readonly from: number; readonly to: number }): string {
  const start = instantOf({ day: `${from}-01-01`, time: '00:00' }, zone).getTime()
  const end = instantOf({ day: `${to}-12-31`, time: '23:59' }, zone).getTime()
  let offset = offsetAt(start, zone)
  const parts = [observance({ before: offset, after: offset, at: { day: `${from}-01-01`, time: '00:00' } })]
  for (let at = start; at < end; at += STEP) {
    const after = offsetAt(at + STEP, zone)
    if (after === offset) continue
    const change = changeBetween(at, at + STEP, zone)
    // Its local time is that of the clocks that are then changed.
    parts.push(observance({ before: offset, after, at: localAt(change, offset) }))
    offset = after
  }
  return `BEGIN:VTIMEZONE\r\n${icsLine('TZID', zone)}${parts.join('')}END:VTIMEZONE\r\n`
}

function changeBetween(from: number, to: number, zone: string): number {
  const before = offsetAt(from, zone)
  let [low, high] = [from, to]
  while (high - low > 60_000) {
    const middle = low + Math.floor((high - low) / 120_000) * 60_000
    if (offsetAt(middle, zone) === before) low = middle
    else high = middle
  }
  return high
}

function localAt(instant: number, offset: number): LocalTime {
  const text = new Date(instant + offset * 60_000).toISOString()
  return { day: text.slice(0, 10), time: text.slice(11, 16) }
}

interface Observance {
  readonly before: number
  readonly after: number
  readonly at: LocalTime
}

function observance({ before, after, at: { day, time } }: Observance): string {
  const name = after > before ? 'DAYLIGHT' : 'STANDARD'
  return `BEGIN:${name}\r\nDTSTART:${day.replaceAll('-', '')}T${time.replace(':', '')}00\r\nTZOFFSETFROM:${offsetText(before)}\r\nTZOFFSETTO:${offsetText(after)}\r\nEND:${name}\r\n`
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(size / 60))}${twoDigits(size % 60)}`
}
