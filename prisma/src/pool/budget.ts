import { DatabaseError } from 'pg'

/** How many connections each kind of use may have. */
export interface Shares {
  readonly reads: number
  readonly writes: number
  readonly dedicated: number
}

/**
 * The connections of a process: all that it may open, or fewer for a while after the server refused another one. Then
 * callers share the existing ones instead of failing.
 */
export interface ConnectionBudget {
  limits(): Shares
  opened(): void
  closed(): void
  /** Limits the budget to the open connections, because the server refused another one. */
  shrink(): void
  /** Calls `trim` when there may be fewer connections than before. */
  onRefused(trim: () => void): void
}

/** After this long without another one, the limit is lifted. */
const LIMITED_MS = 5000

export function connectionBudget(full: Shares): ConnectionBudget {
  const trims: (() => void)[] = []
  let open = 0
  let available = Infinity
  let limitedUntil = -Infinity
  return {
    limits() {
      if (available === Infinity) return full
      if (performance.now() >= limitedUntil) {
        available = Infinity
        return full
      }
      return portions(available, full)
    },
    opened() {
      open++
      if (available !== Infinity) available = Math.max(available, open)
    },
    closed() {
      open--
    },
    shrink() {
      available = Math.max(1, open)
      limitedUntil = performance.now() + LIMITED_MS
      for (const trim of trims) trim()
    },
    onRefused: (trim) => void trims.push(trim),
  }
}

/** Divides `available` as `shares` divides all, but at least one for each. */
function portions(available: number, full: Shares): Shares {
  const reads = Math.max(1, Math.floor(available / 5))
  const writes = Math.max(1, Math.floor(available / 2))
  const dedicated = Math.max(1, available - reads - writes)
  return {
    reads: Math.min(reads, full.reads),
    writes: Math.min(writes, full.writes),
    dedicated: Math.min(dedicated, full.dedicated),
  }
}

/** Whether the server, or a pooler, refused a connection because it has as many as it may. */
export function isConnectionLimit(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false
  // PgBouncer reports its own limit as a protocol violation.
  return error.code === '53300' || (error.code === '08P01' && error.message.startsWith('no more connections allowed'))
}
