import { setTimeout as pause } from 'node:timers/promises'

/** How far a standby has replayed the log. */
export interface Replay {
  /** Whether it has, or soon has, everything up to a position. After one that it has not reached in time it is late. */
  reaches(lsn: bigint): Promise<boolean>
  /** While it is late, nobody waits for it. */
  isLate(): boolean
  /** Ends that if it reaches a position in time. */
  tryAgain(lsn: bigint): Promise<boolean>
}

/** A read waits no longer than this for a standby. */
const WAIT_MS = 100
/** Between two questions: a standby that keeps up needs this time or less. */
const ASK_MS = 1

interface Waiting {
  readonly lsn: bigint
  readonly reached: (isReached: boolean) => void
}

export function replay(ask: () => Promise<bigint>, waitMs = WAIT_MS): Replay {
  const waiting = new Set<Waiting>()
  let replayed = 0n
  let isAsking = false
  let isLate = false

  async function askWhileAwaited(): Promise<void> {
    if (isAsking) return
    isAsking = true
    try {
      while (waiting.size > 0) {
        replayed = await ask()
        for (const { lsn, reached } of waiting) if (lsn <= replayed) reached(true)
        if (waiting.size > 0) await pause(ASK_MS)
      }
    } catch {
      for (const { reached } of waiting) reached(false)
    } finally {
      isAsking = false
    }
  }

  function waitFor(lsn: bigint): Promise<boolean> {
    if (lsn <= replayed) return Promise.resolve(true)
    return new Promise((resolve) => {
      const entry = {
        lsn,
        reached: (isReached: boolean) => {
          clearTimeout(limit)
          waiting.delete(entry)
          resolve(isReached)
        },
      }
      // What was answered while this process was busy is read first.
      const limit = setTimeout(() => setImmediate(() => entry.reached(false)), waitMs)
      waiting.add(entry)
      void askWhileAwaited()
    })
  }

  return {
    async reaches(lsn) {
      if (isLate) return false
      const isReached = await waitFor(lsn)
      if (!isReached) isLate = true
      return isReached
    },
    isLate: () => isLate,
    async tryAgain(lsn) {
      const isReached = await waitFor(lsn)
      isLate = !isReached
      return isReached
    },
  }
}
