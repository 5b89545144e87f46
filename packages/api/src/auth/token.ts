import { evictOlderHalf } from '../core/bounded.ts'
import type { Principal, TokenVerifier } from '../core/services.ts'
import { ApiError, type ErrorCode } from '../errors/api_error.ts'
import { principalFromClaims, TOLERANCE_S, verifiedClaims, type Claims } from './claims.ts'
import type { Revocations, TokenIssue } from './revocations.ts'
import type { PrincipalLookup, TokenRules } from './token_rules.ts'

/** API keys start with this, which distinguishes them from tokens without a look-up. */
export const API_KEY_PREFIX = 'tw_'
/** The same for the access tokens of OAuth clients. */
export const ACCESS_TOKEN_PREFIX = 'twa_'

const MAX_TOKEN_LENGTH = 8192
const MAX_CACHED = 10_000
/** Tokens of a signing key that was withdrawn are rejected after at most this time. */
const CACHED_S = 60

interface CachedToken {
  readonly principal: Principal
  readonly issue: TokenIssue
  readonly until: number
  /** The generation of the revocations that it was checked against. */
  generation: number | undefined
}

/**
 * Turns bearer tokens into principals. Verified tokens are cached for a minute, in bounded memory, because checking
 * the signature is most of a request's cost.
 */
export function tokenVerifier(rules: TokenRules): TokenVerifier {
  const { revocations, maxCached = MAX_CACHED } = rules
  const now = () => Math.floor((rules.clock?.() ?? Date.now()) / 1000)
  const cached = new Map<string, CachedToken>()

  async function verifyUncached(token: string): Promise<Principal> {
    if (token.startsWith(API_KEY_PREFIX)) return storedPrincipal(token, rules.apiKey, 'api_key_invalid')
    if (token.startsWith(ACCESS_TOKEN_PREFIX)) return storedPrincipal(token, rules.accessToken, 'token_expired')
    const claims = await verifiedClaims(token, rules)
    const principal = principalFromClaims(claims, rules, now())
    const issue = issueOf(principal, claims)
    const generation = await revocations?.assertValid(issue)
    if (cached.size >= maxCached) evictOlderHalf(cached)
    const ends = principal.expires_at === null ? Infinity : principal.expires_at + TOLERANCE_S
    const lasting =
      revocations === undefined ? principal : { ...principal, isStillValid: stillValid(revocations, issue) }
    cached.set(token, { principal: lasting, issue, until: Math.min(ends, now() + CACHED_S), generation })
    return lasting
  }

  async function recheck(token: string, known: CachedToken): Promise<Principal> {
    try {
      known.generation = await revocations?.assertStillValid(known.issue)
      return known.principal
    } catch (error) {
      cached.delete(token)
      throw error
    }
  }

  return {
    verify(token) {
      if (token === undefined || token === '') throw new ApiError('not_authenticated')
      if (token.length > MAX_TOKEN_LENGTH) throw new ApiError('token_malformed')
      const known = cached.get(token)
      if (known === undefined) return verifyUncached(token)
      if (now() < known.until) {
        const isChecked = revocations === undefined || revocations.generation() === known.generation
        return isChecked ? known.principal : recheck(token, known)
      }
      cached.delete(token)
      return verifyUncached(token)
    },
  }
}

function issueOf({ user_id }: Principal, { payload }: Claims): TokenIssue {
  const { iat, sid } = { iat: null, sid: null, ...payload }
  return {
    user_id,
    issued_at: typeof iat === 'number' ? iat : null,
    session_id: typeof sid === 'string' ? sid : null,
  }
}

/** While the database does not answer, the token counts as valid: it has nothing to read or write then either. */
function stillValid(revocations: Revocations, issue: TokenIssue): () => Promise<boolean> {
  return () =>
    revocations.assertStillValid(issue).then(
      () => true,
      (error: unknown) => !(error instanceof ApiError && error.status === 401),
    )
}

/** The token of an `Authorization` header; undefined if there is none, or if its scheme is another one. */
export function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined || header.slice(0, 7).toLowerCase() !== 'bearer ') return undefined
  // Not `trim`, which would remove more than HTTP's white space: a token has one spelling.
  return header.slice(7).replace(/^ +/, '')
}

async function storedPrincipal(
  secret: string,
  lookup: PrincipalLookup | undefined,
  unknown: ErrorCode,
): Promise<Principal> {
  const found = lookup === undefined ? unknown : await lookup(secret)
  if (typeof found === 'string') throw new ApiError(found)
  return found
}
