import { isUserId } from '@taskwire/db'
import { compactVerify, type CompactVerifyResult, decodeJwt, decodeProtectedHeader, errors } from 'jose'
import type { Principal } from '../core/services.ts'
import { ApiError, type ErrorCode } from '../errors/api_error.ts'
import { isBase64url, isCanonicalBase64url } from './canonical.ts'
import type { TokenRules } from './token_rules.ts'

/** How much the clocks of issuers may differ from ours. */
export const TOLERANCE_S = 5
const ASYMMETRIC = ['EdDSA', 'Ed25519', 'ES256', 'RS256']

/** What a token says, and how that was verified. */
export interface Claims {
  /** Signed with the shared secret. */
  readonly shared: boolean
  readonly payload: Record<string, unknown>
}

/** The claims of a token whose signature, issuer and audience are right. Throws an `ApiError`. */
export async function verifiedClaims(token: string, rules: TokenRules): Promise<Claims> {
  // A session of Better Auth is 32 opaque letters and digits; its cookie appends a signature, perhaps percent-encoded.
  if (/^[A-Za-z0-9]{32}(\.[A-Za-z0-9+/=%]{43,132})?$/.test(token)) throw new ApiError('session_token')
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
      const { payload } = await verifyShared(token, [rules.secret, ...(rules.formerSecrets ?? [])])
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

/** Tries the secrets in their order. Throws the error of the last one. */
async function verifyShared(token: string, [secret, ...others]: readonly Uint8Array[]): Promise<CompactVerifyResult> {
  try {
    return await compactVerify(token, secret ?? new Uint8Array(), { algorithms: ['HS256'] })
  } catch (error) {
    if (others.length === 0 || !(error instanceof errors.JWSSignatureVerificationFailed)) throw error
    return verifyShared(token, others)
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

/** The principal that the claims name. Throws an `ApiError` if the token is not valid at `now`, in seconds since 1970. */
export function principalFromClaims({ shared, payload }: Claims, rules: TokenRules, now: number): Principal {
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
