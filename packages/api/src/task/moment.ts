import { isZone, localTime, momentAt, type Moment, type QuickAddContext } from '@taskwire/calendar'
import type { UserContext } from '../core/trpc.ts'
import { settingsOf } from '../viewer/settings.ts'

// Computed here once, not in statements: PostgreSQL has another time zone database, and knows no user's zone.
export { momentAt, type Moment } from '@taskwire/calendar'

/** This moment in the zone that is named, else in the one that the user has set, else in UTC. */
export async function currentMoment(ctx: UserContext, named: string | undefined): Promise<Moment> {
  const zone = named ?? (await settingsOf(ctx)).time_zone ?? 'UTC'
  // One that was stored by a runtime with newer time zone data.
  return momentAt(ctx.services.now?.() ?? new Date(), isZone(zone) ? zone : 'UTC')
}

/** What quick add means by today, now and a time of day: in the user's zone, if they have set one, else in UTC and floating. */
export async function userMoment(ctx: UserContext): Promise<QuickAddContext> {
  const set = (await settingsOf(ctx)).time_zone
  const zone = set !== null && isZone(set) ? set : null
  const { day, time } = localTime(ctx.services.now?.() ?? new Date(), zone ?? 'UTC')
  return { today: day, now: time, zone }
}
