const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** The seconds of a duration such as 30s, 15m, 1h or 7d. */
export function secondsOf(duration: string): number {
  const [, count, unit = ''] = /^([1-9]\d{0,5})([smhd])$/.exec(duration) ?? []
  const seconds = Number(count) * (SECONDS[unit] ?? Number.NaN)
  if (Number.isNaN(seconds)) throw new Error('--expires must be a duration such as 30s, 15m, 1h or 7d')
  return seconds
}
