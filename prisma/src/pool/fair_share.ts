import { ConnectionError } from './error_code.ts'

/** Slots that users share: nobody takes more than a few, and those who wait are served in turn. */
export interface FairShare {
  /**
   * Resolves when the user may use a slot, to the function that gives it back. Rejects with the error of a pool without a
   * free connection when the user's queue is full or the wait too long, and with the signal's reason when it is aborted.
   */
  acquire(user_id: string, signal?: AbortSignal): Promise<() => void>
  /** How many wait at this moment. */
  queued(): number
}

export interface FairShareOptions {
  readonly slots: number
  readonly slotsPerUser: number
  /** How many requests of one user may wait, and for how many milliseconds. */
  readonly queueLength: number
  readonly queueMs: number
}

interface UserSlots {
  used: number
  readonly waiting: Waiter[]
}

interface Waiter {
  readonly start: () => void
}

export function fairShare({ slots, slotsPerUser, queueLength, queueMs }: FairShareOptions): FairShare {
  // In the order in which they take turns.
  const users = new Map<string, UserSlots>()
  let used = 0

  function slotsOf(user_id: string): UserSlots {
    const known = users.get(user_id)
    if (known !== undefined) return known
    const user: UserSlots = { used: 0, waiting: [] }
    users.set(user_id, user)
    return user
  }

  function take(user_id: string, user: UserSlots): () => void {
    used++
    user.used++
    let released = false
    return () => {
      if (released) return
      released = true
      used--
      user.used--
      if (user.used === 0 && user.waiting.length === 0) users.delete(user_id)
      startNext()
    }
  }

  function startNext(): void {
    if (used >= slots) return
    for (const [user_id, user] of users) {
      if (user.waiting.length === 0 || user.used >= slotsPerUser) continue
      // Behind everybody else, for the next turn.
      users.delete(user_id)
      users.set(user_id, user)
      user.waiting.shift()?.start()
      return
    }
  }

  function wait(user_id: string, user: UserSlots, signal: AbortSignal | undefined): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => giveUp(noFreeConnection()), queueMs)
      const settle = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', leave)
      }
      const waiter: Waiter = {
        start: () => {
          settle()
          resolve(take(user_id, user))
        },
      }
      function giveUp(error: unknown): void {
        settle()
        user.waiting.splice(user.waiting.indexOf(waiter), 1)
        if (user.used === 0 && user.waiting.length === 0) users.delete(user_id)
        reject(error)
      }
      function leave(): void {
        giveUp(signal?.reason)
      }
      signal?.addEventListener('abort', leave)
      user.waiting.push(waiter)
    })
  }

  return {
    async acquire(user_id, signal) {
      signal?.throwIfAborted()
      const user = slotsOf(user_id)
      if (used < slots && user.used < slotsPerUser && user.waiting.length === 0) return take(user_id, user)
      if (user.waiting.length >= queueLength) throw noFreeConnection()
      return wait(user_id, user, signal)
    },
    queued: () => [...users.values()].reduce((sum, { waiting }) => sum + waiting.length, 0),
  }
}

function noFreeConnection(): ConnectionError {
  return new ConnectionError('POOL_TIMEOUT', 'timeout exceeded when trying to connect: too many statements of one user')
}
