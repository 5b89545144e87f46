import type { Allowance } from '@taskwire/api'
import { rateLimit } from '@taskwire/api/rate-limit'
import type { Env } from '../config/env.ts'

/** What all processes of a server are limited in together. */
export type Limited = 'sign-in' | 'account-mail'

/** Counts one more attempt of `key`. Never rejects. */
export type CountAttempt = (of: Limited, key: string) => Promise<Allowance>

/** The same within the process that counts. */
export type AttemptCounts = (of: Limited, key: string) => Allowance

/** So many mails of a kind go to one address in a quarter of an hour, whoever asks for them. */
const MAILS_PER_ADDRESS = { limit: 3, windowMs: 15 * 60_000 }

export function attemptCounts({ RATE_LIMIT_AUTH: limit }: Pick<Env, 'RATE_LIMIT_AUTH'>): AttemptCounts {
  const limits = { 'sign-in': rateLimit({ limit }), 'account-mail': rateLimit(MAILS_PER_ADDRESS) }
  return (of, key) => limits[of].take(key)
}
