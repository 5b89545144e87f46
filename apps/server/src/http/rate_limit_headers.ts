import type { Allowance } from '@taskwire/api'
import type { FastifyReply } from 'fastify'

/** The headers that show a client its remaining allowance (draft-ietf-httpapi-ratelimit-headers; RFC 9110 for `Retry-After`). */
export function rateLimitHeaders(policy: string, allowance: Allowance): Record<string, string> {
  const { allowed, limit, remaining, reset, window } = allowance
  return {
    'ratelimit-policy': `"${policy}";q=${limit};w=${window}`,
    ratelimit: `"${policy}";r=${remaining};t=${reset}`,
    ...(allowed ? {} : { 'retry-after': String(reset) }),
  }
}

/** Sends a caller of the API its allowance, as long as headers can still be set. */
export function reportAllowance(reply: FastifyReply): (allowance: Allowance) => void {
  return (allowance) => {
    if (!reply.raw.headersSent) reply.headers(rateLimitHeaders('api', allowance))
  }
}
