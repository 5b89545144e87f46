import { createTaskwireClient } from '@taskwire/client'

export type { Change, LoggedTask, Task } from '@taskwire/client'

export type Client = ReturnType<typeof createTaskwireClient>

/** A client of the server that the app was loaded from. */
export function connectClient(token: () => Promise<string>): Client {
  // The outbox repeats failed writes for as long as it takes: a single call only has to bridge a short interruption.
  return createTaskwireClient({ url: location.origin, token, retry: { maxRetries: 2, attemptTimeoutMs: 15_000 } })
}
