import type { Allowance } from '@taskwire/api'

/** The header fields that tell a client where it stands (draft-ietf-httpapi-ratelimit-headers, `Retry-After`: RFC 9110). */
export function rateLimitFields(policy: string, allowance: Allowance): Record<string, string> {
  const { allowed, limit, remaining, reset, window } = allowance
  return {
    'ratelimit-policy': `"${policy}";q=${limit};w=${window}`,
    ratelimit: `"${policy}";r=${remaining};t=${reset}`,
    ...(allowed ? {} : { 'retry-after': String(reset) }),
  }
}
