import { setTimeout as pause } from 'node:timers/promises'

export interface Turns {
  /** After how long without an answer the next candidate is asked as well. */
  readonly nextMs: number
  /** Ends the turns. */
  readonly signal: AbortSignal
}

/**
 * Asks candidates in turn, the next one as soon as one has failed or takes long, and resolves to the first that is found
 * suitable. Rejects with an `AggregateError` of their errors, in the order of the candidates.
 */
export function firstSuitable<Candidate>(
  candidates: readonly Candidate[],
  ask: (candidate: Candidate) => Promise<void>,
  { nextMs, signal }: Turns,
): Promise<Candidate> {
  let failed: Promise<unknown> = Promise.resolve()
  const answers = candidates.map(async (candidate, index) => {
    const turn = index === 0 ? failed : Promise.race([failed, pause(index * nextMs, undefined, { signal })])
    const answer = turn
      .catch(() => {})
      .then(() => {
        signal.throwIfAborted()
        return ask(candidate)
      })
    // One that is suitable ends the search: the next one has no turn because of it.
    failed = answer.then(
      () => new Promise(() => {}),
      () => {},
    )
    await answer
    return candidate
  })
  return Promise.any(answers)
}
