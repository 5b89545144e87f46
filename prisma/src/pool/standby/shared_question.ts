/**
 * A question that many ask at once: one answer is for all who came before it was asked. Whoever comes later, while that
 * answer is awaited, waits for the next one, because what they know may be newer.
 */
export function sharedQuestion<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let asked: Promise<Answer> | undefined
  let next: Promise<Answer> | undefined

  async function askOnce(before: Promise<unknown> | undefined): Promise<Answer> {
    await before?.catch(() => {})
    // So that one question serves all that arrive in this turn of the event loop.
    await new Promise(setImmediate)
    const answer = ask()
    asked = answer
    next = undefined
    try {
      return await answer
    } finally {
      if (asked === answer) asked = undefined
    }
  }

  return () => (next ??= askOnce(asked))
}
