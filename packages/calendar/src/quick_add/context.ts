import type { Day } from '../day.ts'

/** The moment at which, and the zone in which, a text is read. */
export interface QuickAddContext {
  /** The day in the user's zone. */
  today: Day
  /** The time there, `HH:MM`. */
  now: string
  /** The user's zone, which becomes `due_zone` of a time; null leaves the time floating. */
  zone: string | null
}
