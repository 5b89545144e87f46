const SECOND = 1000
const HOUR = 3600
/** Seconds after the first attempts that failed. */
const FIRST_WAITS = [5, 30, 120, 600, HOUR]
/** After them an attempt each hour, for three days. */
const HOURLY_ATTEMPTS = 72

/** Milliseconds after which a delivery that has failed so often is tried again; null if it is not. */
export function waitAfter(failures: number): number | null {
  if (failures > FIRST_WAITS.length + HOURLY_ATTEMPTS) return null
  return (FIRST_WAITS[failures - 1] ?? HOUR) * SECOND
}
