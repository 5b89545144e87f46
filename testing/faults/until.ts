import { setTimeout as wait } from 'node:timers/promises'

/**
 * Polls until the result is truthy, and resolves to it. An exception counts as "not yet"; after
 * `timeoutMs` it rejects with the name of the condition and the last exception.
 */
export async function until<T>(what: string, ask: () => T | Promise<T>, timeoutMs = 60_000): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs
  let cause: unknown
  for (;;) {
    try {
      const answer = await ask()
      if (answer) return answer
    } catch (error) {
      cause = error
    }
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`, { cause })
    await wait(20)
  }
}
