import { apiErrors, isTaskwireError, type ErrorTraits, type TaskwireError } from '@taskwire/client'
import type { Task } from '../../client.ts'

/** What the failure of a call means for the write that it carried. */
export type FailureClass =
  | { readonly kind: 'retry'; readonly ms: number }
  | { readonly kind: 'conflict'; readonly current: Task }
  | { readonly kind: 'rejected'; readonly message: string }

const RETRY_MS = 3000

/** Whether a failed call is worth repeating, a conflict, or final. Calls `onSignedOut` if the token is refused. */
export function classifyError(error: unknown, onSignedOut: () => void): FailureClass {
  if (!isTaskwireError(error)) return { kind: 'retry', ms: RETRY_MS }
  const { retry, about, status } = traitsOf(error)
  if (about === 'token' && status === 401) {
    onSignedOut()
    return { kind: 'retry', ms: 10 * RETRY_MS }
  }
  if (retry !== 'never') return { kind: 'retry', ms: (error.retryAfter ?? 0) * 1000 || RETRY_MS }
  const { current } = error
  if (error.reason === 'version_mismatch' && current !== undefined) return { kind: 'conflict', current }
  return { kind: 'rejected', message: error.fields[0]?.msg ?? error.message }
}

function traitsOf({ reason, shape }: TaskwireError): ErrorTraits {
  const published: Readonly<Record<string, ErrorTraits>> = apiErrors
  const known = Object.hasOwn(published, reason) ? published[reason] : undefined
  // Without an answer of the server the call may not have arrived. An error that only a newer server knows is final.
  return known ?? { status: 0, retry: shape === undefined ? 'safe' : 'never', about: 'server' }
}
