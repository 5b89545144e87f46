import { createTaskwireClient } from '@taskwire/client'

export type { Change, Task } from '@taskwire/client'

export type Client = ReturnType<typeof createTaskwireClient>

/** The door to the server that the app was served by. */
export function ownServer(token: () => Promise<string>): Client {
  // The outbox repeats what fails, for as long as it takes: a call here only bridges a hiccup.
  return createTaskwireClient({ url: location.origin, token, retry: { maxRetries: 2, attemptTimeoutMs: 15_000 } })
}
