import { moveDays, type Day } from './day.ts'
import { instantOf, localTime, today, type LocalTime } from './zone.ts'

/** What a view by days means by now, today and the coming week: days and instants, for somebody in a time zone. */
export interface Moment {
  readonly now: string
  readonly zone: string
  readonly today: Day
  /** A time without a zone is over if it is before this one. */
  readonly clock: LocalTime
  /** The days after today that are upcoming. */
  readonly upcoming: readonly [first: Day, last: Day]
  /** The instants at which today, tomorrow and the day after the upcoming ones begin. */
  readonly starts: readonly [today: string, tomorrow: string, later: string]
}

const UPCOMING_DAYS = 7
const MINUTE = 60_000

/** The moment at which it is `now`, for somebody in `zone`. @throws RangeError if the zone does not exist. */
export function momentAt(now: Date, zone: string): Moment {
  const day = today(zone, now)
  const tomorrow = moveDays(day, 1)
  const start = (of: Day) => instantOf({ day: of, time: '00:00' }, zone).toISOString()
  return {
    now: now.toISOString(),
    zone,
    today: day,
    // Times are whole minutes: within a minute, its beginning is over.
    clock: localTime(new Date(now.getTime() + MINUTE - 1), zone),
    upcoming: [tomorrow, moveDays(day, UPCOMING_DAYS)],
    starts: [start(day), start(tomorrow), start(moveDays(day, UPCOMING_DAYS + 1))],
  }
}
