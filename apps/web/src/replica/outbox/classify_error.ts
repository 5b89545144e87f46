import { isTaskwireError } from '@taskwire/client'
import type { FailureClass } from './outbox.ts'

const LATER_MS = 3000
const transient: ReadonlySet<string> = new Set([
  'unreachable',
  'aborted',
  'token_unavailable',
  'unexpected',
  'overloaded',
  'database_unavailable',
  'rate_limited',
  'in_progress',
])

/** What the failure of a call means: wait for better times, a conflict, or a refusal that stands. */
export function classifyError(error: unknown, onSignedOut: () => void): FailureClass {
  if (!isTaskwireError(error)) return { kind: 'later', ms: LATER_MS }
  if (transient.has(error.reason)) return { kind: 'later', ms: (error.retryAfter ?? 0) * 1000 || LATER_MS }
  if (isAboutToken(error.reason)) {
    onSignedOut()
    return { kind: 'later', ms: 10 * LATER_MS }
  }
  const { current } = error
  if (error.reason === 'version_mismatch' && current !== undefined) return { kind: 'conflict', current }
  return { kind: 'refused', message: error.fields[0]?.msg ?? error.message }
}

function isAboutToken(reason: string): boolean {
  return /^(token_(?!unavailable)|not_authenticated|session_token|api_key_)/.test(reason)
}
