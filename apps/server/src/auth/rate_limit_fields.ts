import type { Allowance } from '@taskwire/api'
import type { FastifyReply } from 'fastify'

/** The header fields that tell a client where it stands (draft-ietf-httpapi-ratelimit-headers, `Retry-After`: RFC 9110). */
export function rateLimitFields(policy: string, allowance: Allowance): Record<string, string> {
  const { allowed, limit, remaining, reset, window } = allowance
  return {
    'ratelimit-policy': `"${policy}";q=${limit};w=${window}`,
    ratelimit: `"${policy}";r=${remaining};t=${reset}`,
    ...(allowed ? {} : { 'retry-after': String(reset) }),
  }
}

/** Shows a caller of the API where it stands, while headers can still be set. */
export function showAllowance(reply: FastifyReply): (allowance: Allowance) => void {
  return (allowance) => {
    if (!reply.raw.headersSent) reply.headers(rateLimitFields('api', allowance))
  }
}
