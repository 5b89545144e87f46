/** The name in a migration's folder: lower case, words joined by `_`; undefined where nothing would be left. */
export function migrationName(text: string): string | undefined {
  const name = text
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
  return /[a-z0-9]/.test(name) ? name : undefined
}

/** The current time in Prisma's format, but later than the last migration: names determine the order of execution. */
export function timestampAfter(last: string | undefined, at = new Date()): string {
  const now = at.toISOString().replaceAll(/\D/g, '').slice(0, 14)
  const least = BigInt(last?.slice(0, 14) ?? 0) + 1n
  return BigInt(now) > least ? now : String(least)
}
