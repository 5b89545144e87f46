import { AsyncLocalStorage } from 'node:async_hooks'
import { publicError, type ApiError } from '@taskwire/api'
import type { Db } from '@taskwire/db'

interface Observation {
  failure?: ApiError
}

const observations = new AsyncLocalStorage<Observation>()

/**
 * The same client, which also reports database failures to `throwDatabaseFailure`. Better Auth catches some of
 * them and answers as if the row that it asked for did not exist: a user with a valid session would be signed out.
 */
export function observedDatabase(db: Db) {
  return db.$extends({
    query: {
      async $allOperations({ args, query }) {
        try {
          return await query(args)
        } catch (error) {
          noteFailure(error)
          throw error
        }
      },
    },
  })
}

export type ObservedDb = ReturnType<typeof observedDatabase>

function noteFailure(error: unknown): void {
  const observation = observations.getStore()
  if (observation === undefined || observation.failure !== undefined) return
  const failure = publicError(error)
  if (failure.status === 503) observation.failure = failure
}

/** Runs `work`. Throws the first failure of the database in it, whatever the work itself made of it. */
export async function throwDatabaseFailure<Result>(work: () => Promise<Result>): Promise<Result> {
  const observation: Observation = {}
  const outcome = await observations.run(observation, () => settled(work))
  if (observation.failure !== undefined) throw observation.failure
  if (outcome.error !== undefined) throw outcome.error.thrown
  return outcome.result
}

type Outcome<Result> =
  | { readonly error: { readonly thrown: unknown } }
  | { readonly result: Result; readonly error?: undefined }

async function settled<Result>(work: () => Promise<Result>): Promise<Outcome<Result>> {
  try {
    return { result: await work() }
  } catch (thrown) {
    return { error: { thrown } }
  }
}
