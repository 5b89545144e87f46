import { isUserId } from '@taskwire/db'
import { compactVerify, decodeJwt, decodeProtectedHeader, errors, type CompactVerifyGetKey } from 'jose'
import { evictOlderHalf } from '../core/bounded.ts'
import type { Principal, TokenVerifier } from '../core/services.ts'
import { ApiError, type ErrorCode } from '../errors/api_error.ts'
import { isBase64url, isCanonicalBase64url } from './canonical.ts'

/** An issuer whose asymmetric tokens are accepted. It is selected by the exact `iss`, and the audience is checked. */
export interface TrustedIssuer {
  readonly issuer: string
  readonly audience: string
  /** Throws jose's errors for unknown keys, and an `ApiError` when the keys cannot be read. */
  readonly keys: CompactVerifyGetKey
}

export interface TokenRules {
  /** The bytes of the secret that HS256 tokens are signed with. */
  readonly secret: Uint8Array
  /** Accept HS256 tokens whose `exp` is absent or null. */
  readonly allowNonExpiring?: boolean
  readonly issuers?: readonly TrustedIssuer[]
  /** The owner of an API key, or the error code if there is none. Results must not be older than 2 s. */
  readonly apiKey?: (key: string) => Promise<Principal | 'api_key_invalid' | 'api_key_expired'>
  /** Milliseconds since 1970. */
  readonly clock?: () => number
}

/** API keys start with this, which distinguishes them from tokens without a look-up. */
export const API_KEY_PREFIX = 'tw_'

const MAX_TOKEN_LENGTH = 8192
const MAX_CACHED = 10_000
/** Tokens of a signing key that was withdrawn are rejected after at most this time. */
const CACHED_S = 60
const TOLERANCE_S = 5
const ASYMMETRIC = ['EdDSA', 'Ed25519', 'ES256', 'RS256']

/**
 * Turns bearer tokens into principals. Verified tokens are cached for a minute, in bounded memory: checking
 * the signature is most of what a request costs.
 */
export function tokenVerifier(rules: TokenRules): TokenVerifier {
  const now = () => Math.floor((rules.clock?.() ?? Date.now()) / 1000)
  const cached = new Map<string, { readonly principal: Principal; readonly until: number }>()

  async function verifyUncached(token: string): Promise<Principal> {
    const principal = await principalOf(token, rules, now())
    if (principal.kind === 'api_key') return principal
    if (cached.size >= MAX_CACHED) evictOlderHalf(cached)
    const ends = principal.expires_at === null ? Infinity : principal.expires_at + TOLERANCE_S
    cached.set(token, { principal, until: Math.min(ends, now() + CACHED_S) })
    return principal
  }

  return {
    verify(token) {
      if (token === undefined || token === '') throw new ApiError('not_authenticated')
      if (token.length > MAX_TOKEN_LENGTH) throw new ApiError('token_malformed')
      const known = cached.get(token)
      if (known === undefined) return verifyUncached(token)
      if (now() < known.until) return known.principal
      cached.delete(token)
      return verifyUncached(token)
    },
  }
}

/** The token of an `Authorization` header; undefined if there is none, or if its scheme is another one. */
export function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined || header.slice(0, 7).toLowerCase() !== 'bearer ') return undefined
  // Not `trim`, which would take more than HTTP's white space away: a token has one spelling.
  return header.slice(7).replace(/^ +/, '')
}

async function principalOf(token: string, rules: TokenRules, now: number): Promise<Principal> {
  if (token.startsWith(API_KEY_PREFIX)) {
    const owner = rules.apiKey === undefined ? 'api_key_invalid' : await rules.apiKey(token)
    if (typeof owner === 'string') throw new ApiError(owner)
    return owner
  }
  // A session of Better Auth is 32 opaque letters and digits; its cookie appends a signature, perhaps percent-encoded.
  if (/^[A-Za-z0-9]{32}(\.[A-Za-z0-9+/=%]{43,132})?$/.test(token)) throw new ApiError('session_token')
  const claims = await verifiedClaims(token, rules)
  return principalFromClaims(claims, rules, now)
}

interface Claims {
  readonly shared: boolean
  readonly payload: Record<string, unknown>
}

async function verifiedClaims(token: string, rules: TokenRules): Promise<Claims> {
  const claims = await signedClaims(token, rules)
  // Behind the verification: what is no signature of ours is told so, however it is spelt.
  if (!isCanonicalBase64url(token.slice(token.lastIndexOf('.') + 1))) throw new ApiError('token_malformed')
  return claims
}

/** Header and payload are signed as text: a decoder that is more lenient than ours must not read them differently. */
function assertCanonicalContent(token: string): void {
  const [header = '', payload = '', signature = '', ...rest] = token.split('.')
  const isCanonical = isCanonicalBase64url(header) && isCanonicalBase64url(payload) && isBase64url(signature)
  if (!isCanonical || rest.length > 0) throw new ApiError('token_malformed')
}

async function signedClaims(token: string, rules: TokenRules): Promise<Claims> {
  try {
    const alg = decodeProtectedHeader(token).alg
    const shared = alg === 'HS256'
    if (!shared && (alg === undefined || !ASYMMETRIC.includes(alg))) throw new ApiError('token_algorithm')
    assertCanonicalContent(token)
    // The token's alg selects the set of keys, never how a key is used: each set has its own algorithms.
    if (shared) {
      const { payload } = await compactVerify(token, rules.secret, { algorithms: ['HS256'] })
      return { shared, payload: jsonObject(payload) }
    }
    const claimed = decodeJwt(token)
    const issuer = rules.issuers?.find((trusted) => trusted.issuer === claimed.iss)
    if (issuer === undefined) throw new ApiError('token_issuer_mismatch')
    const { payload } = await compactVerify(token, issuer.keys, { algorithms: ASYMMETRIC })
    const verified = jsonObject(payload)
    const audiences: unknown[] = Array.isArray(verified['aud']) ? verified['aud'] : [verified['aud']]
    if (!audiences.includes(issuer.audience)) throw new ApiError('token_audience_mismatch')
    return { shared, payload: verified }
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw new ApiError(codeOf(error), {}, error)
  }
}

function codeOf(error: unknown): ErrorCode {
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'token_signature_invalid'
  if (error instanceof errors.JOSEAlgNotAllowed) return 'token_algorithm'
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return 'token_key_unknown'
  }
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return 'token_key_unknown'
  return 'token_malformed'
}

function jsonObject(bytes: Uint8Array): Record<string, unknown> {
  const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ApiError('token_malformed')
  return { ...value }
}

function principalFromClaims({ shared, payload }: Claims, rules: TokenRules, now: number): Principal {
  const exp = payload['exp'] ?? null
  if (exp === null) {
    if (!shared || rules.allowNonExpiring !== true) throw new ApiError('token_expiry_missing')
  } else {
    if (typeof exp !== 'number' || !Number.isFinite(exp)) throw new ApiError('token_malformed')
    if (now >= exp + TOLERANCE_S) throw new ApiError('token_expired')
  }
  for (const claim of [payload['nbf'], payload['iat']]) {
    if (claim === undefined || claim === null) continue
    if (typeof claim !== 'number' || !Number.isFinite(claim)) throw new ApiError('token_malformed')
    if (claim > now + TOLERANCE_S) throw new ApiError('token_not_yet_valid')
  }
  const user_id = payload['sub'] ?? payload['userId']
  if (!isUserId(user_id)) throw new ApiError('token_subject_invalid')
  return {
    user_id,
    kind: shared ? 'shared_secret' : 'issued',
    scope: 'write',
    actor: null,
    email: text(payload['email']),
    name: text(payload['name']),
    expires_at: exp,
  }
}

function text(claim: unknown): string | null {
  return typeof claim === 'string' && claim !== '' ? claim : null
}
