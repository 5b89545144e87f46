import type { ErrorCode } from '@taskwire/api'

/** What is wrong with a token, said to whoever holds it. */
export const tokenWords: Partial<Record<ErrorCode, string>> = {
  not_authenticated: 'There is no token. Give it on standard input.',
  token_malformed:
    'This is no token: neither three base64url parts with JSON in them, nor an API key, and at most 8192 characters.',
  token_expired: 'It was valid once; its time (exp) is over.',
  token_not_yet_valid: 'It begins in the future (nbf or iat). Are the clocks right?',
  token_signature_invalid: 'It was signed with another secret or key than ours, or changed afterwards.',
  token_algorithm:
    'Its algorithm (alg) is not accepted: HS256 with the shared secret; EdDSA, ES256 or RS256 with published keys.',
  token_issuer_mismatch:
    'Nobody whom we trust has this issuer (iss). It must be exactly BETTER_AUTH_URL or AUTH_ISSUER.',
  token_audience_mismatch:
    'It is meant for somebody else (aud). It must be BETTER_AUTH_URL, or AUTH_AUDIENCE for AUTH_ISSUER.',
  token_subject_invalid:
    'It names no user: sub (or userId) must be 1 to 128 characters, no control characters, not "auth".',
  token_expiry_missing: 'It never ends. Tokens need exp; AUTH_ALLOW_NON_EXPIRING=true lets HS256 tokens do without.',
  token_key_unknown: 'Its key (kid) is not among the keys of its issuer, or they cannot be read now.',
  session_token: 'It is a session of sign-in, no token: exchange it at GET /api/auth/token.',
  api_key_invalid: 'It looks like an API key, but there is none such: revoked, disabled or mistyped.',
  api_key_expired: 'This API key has expired: create a new one.',
}
