import { AsyncLocalStorage } from 'node:async_hooks'

/** The user for whom statements run, and a signal that is aborted when nobody waits for their results any more. */
export interface DatabaseCaller {
  readonly user_id: string
  readonly signal?: AbortSignal | undefined
  /** Called after each of the statements with the milliseconds that it took, and its name. */
  readonly onStatement?: ((ms: number, name: string) => void) | undefined
}

const callers = new AsyncLocalStorage<DatabaseCaller | undefined>()

/**
 * Runs `work` for a caller: every statement in it, through Prisma or not, counts towards the user's share of the
 * connections, and is cancelled in PostgreSQL when the signal is aborted. What shares a pipelined connection is short and
 * does neither.
 */
export function runForCaller<T>(caller: DatabaseCaller, work: () => T): T {
  return callers.run(caller, work)
}

/** Runs `work` for no user, whoever caused it: statements of the process itself, such as polls. */
export function runForNoCaller<T>(work: () => T): T {
  return callers.run(undefined, work)
}

/** The same values, read for a caller: a generator runs in the context of whoever asks it for the next value. */
export async function* iterateForCaller<T>(caller: DatabaseCaller, values: AsyncIterable<T>): AsyncGenerator<T, void> {
  const iterator = values[Symbol.asyncIterator]()
  let ended = false
  try {
    for (;;) {
      const next = await runForCaller(caller, () => iterator.next())
      if (next.done === true) {
        ended = true
        return
      }
      yield next.value
    }
  } catch (error) {
    ended = true
    throw error
  } finally {
    if (!ended) await runForCaller(caller, () => iterator.return?.())
  }
}

export function currentCaller(): DatabaseCaller | undefined {
  return callers.getStore()
}
