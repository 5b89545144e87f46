/** The users whose writes are sent alone for a while. Times are milliseconds of `performance.now()`. */
export interface LoneOwners {
  add(owner: string, now: number): void
  has(owner: string, now: number): boolean
}

export interface LoneOwnersOptions {
  /** For how many milliseconds. */
  readonly aloneMs?: number
  /** How many users are remembered. */
  readonly maxAlone?: number
}

const ALONE_MS = 10_000
const MAX_ALONE = 1000

export function loneOwners({ aloneMs = ALONE_MS, maxAlone = MAX_ALONE }: LoneOwnersOptions = {}): LoneOwners {
  const ends = new Map<string, number>()
  return {
    add(owner, now) {
      if (ends.size >= maxAlone) ends.clear()
      ends.set(owner, now + aloneMs)
    },
    has(owner, now) {
      const end = ends.get(owner)
      if (end === undefined) return false
      if (now < end) return true
      ends.delete(owner)
      return false
    },
  }
}
