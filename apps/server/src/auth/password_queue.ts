import { availableParallelism } from 'node:os'
import { ApiError } from '@taskwire/api'

export interface PasswordHashing {
  readonly hash: (password: string) => Promise<string>
  readonly verify: (given: { hash: string; password: string }) => Promise<boolean>
}

/** With one hash taking about 100 ms, the last in the queue waits a few seconds, as long as a browser's user would. */
const MAX_WAITING = 60

/**
 * The same hashing, one or two at a time. A hash occupies a thread of libuv's four and a whole core for about 100 ms;
 * a burst of sign-ins on all four would hold up every token, because signatures are verified on the same threads.
 * Beyond `maxWaiting`, a request is refused with `overloaded`.
 */
export function passwordQueue(
  { hash, verify }: PasswordHashing,
  { concurrency = availableParallelism() > 3 ? 2 : 1, maxWaiting = MAX_WAITING } = {},
): PasswordHashing {
  const waiting: (() => void)[] = []
  let running = 0

  async function queued<Result>(work: () => Promise<Result>): Promise<Result> {
    if (running < concurrency) running++
    else if (waiting.length >= maxWaiting) throw new ApiError('overloaded', { retry_after: 5 })
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      // The slot passes to the next hash, so `running` stays the same.
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }

  return { hash: (password) => queued(() => hash(password)), verify: (given) => queued(() => verify(given)) }
}
