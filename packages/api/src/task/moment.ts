import { instantOf, isZone, localTime, moveDays, today, type Day, type LocalTime } from '@taskwire/calendar'
import type { UserContext } from '../core/trpc.ts'
import { settingsOf } from '../viewer/settings.ts'

/**
 * What a view by days means by now, today and the coming week: days and instants, computed here once. PostgreSQL has
 * another time zone database, and knows no user's zone.
 */
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

/** The moment at which it is `now`, for somebody in `zone`. */
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

/** This moment in the zone that is named, else in the one that the user has set, else in UTC. */
export async function currentMoment(ctx: UserContext, named: string | undefined): Promise<Moment> {
  const zone = named ?? (await settingsOf(ctx)).time_zone ?? 'UTC'
  // One that was stored by a runtime with newer time zone data.
  return momentAt(ctx.services.now?.() ?? new Date(), isZone(zone) ? zone : 'UTC')
}
