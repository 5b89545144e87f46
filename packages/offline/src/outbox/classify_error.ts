import { apiErrors, isTaskwireError, type ErrorTraits, type TaskwireError, type Task } from '@taskwire/client'

/** What the failure of a call means for the write that it carried. */
export type FailureClass =
  | { readonly kind: 'retry'; readonly ms: number; readonly mayHaveArrived: boolean }
  | { readonly kind: 'conflict'; readonly current: Task }
  | { readonly kind: 'rejected'; readonly error: TaskwireError }

const RETRY_MS = 3000

/** Whether a failed call is worth repeating, a conflict, or final. Calls `onSignedOut` if the token is refused. */
export function classifyError(error: unknown, onSignedOut: () => void): FailureClass {
  if (!isTaskwireError(error)) return { kind: 'retry', ms: RETRY_MS, mayHaveArrived: true }
  const { retry, about, status } = traitsOf(error)
  if (about === 'token' && status === 401) {
    onSignedOut()
    return { kind: 'retry', ms: 10 * RETRY_MS, mayHaveArrived: false }
  }
  if (retry !== 'never') {
    const ms = (error.retryAfter ?? 0) * 1000 || RETRY_MS
    return { kind: 'retry', ms, mayHaveArrived: !wasTurnedAway(error) }
  }
  const { current } = error
  if (error.reason === 'version_mismatch' && current !== undefined) return { kind: 'conflict', current }
  return { kind: 'rejected', error }
}

/** Whether the call was never made, or the server answered it before it did anything. */
function wasTurnedAway({ reason }: TaskwireError): boolean {
  return reason === 'token_unavailable' || reason === 'rate_limited'
}

function traitsOf({ reason, shape }: TaskwireError): ErrorTraits {
  const published: Readonly<Record<string, ErrorTraits>> = apiErrors
  const known = Object.hasOwn(published, reason) ? published[reason] : undefined
  // Without an answer of the server the call may not have arrived. An error that only a newer server knows is final.
  return known ?? { status: 0, retry: shape === undefined ? 'safe' : 'never', about: 'server' }
}
