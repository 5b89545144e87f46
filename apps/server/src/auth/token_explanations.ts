import type { ErrorCode } from '@taskwire/api'

/** For each code, an explanation of what is wrong with a token. */
export const tokenExplanations: Partial<Record<ErrorCode, string>> = {
  not_authenticated: 'No token was given. Pass it on standard input.',
  token_malformed:
    'This is neither a JWT (three base64url parts that contain JSON), nor an API key or access token, or it has more than 8192 characters.',
  token_expired:
    'The token has expired (exp), the session that it was issued for has ended, or the client was disconnected.',
  token_not_yet_valid: 'The token is not valid yet (nbf or iat). Check the clocks of both machines.',
  token_signature_invalid: 'The token was signed with a different secret or key, or modified afterwards.',
  token_algorithm:
    'The algorithm (alg) is not accepted. Use HS256 with the shared secret, or EdDSA, ES256 or RS256 with published keys.',
  token_issuer_mismatch: 'The issuer (iss) is not trusted. It must be exactly BETTER_AUTH_URL or AUTH_ISSUER.',
  token_audience_mismatch:
    'The audience (aud) does not match. It must be BETTER_AUTH_URL, or AUTH_AUDIENCE for tokens of AUTH_ISSUER.',
  token_subject_invalid:
    'The subject is invalid: sub (or userId) must have 1 to 128 characters, no control characters, and not be "auth". A user who was deleted is refused too (iat).',
  token_expiry_missing:
    'The token has no expiry. exp is required; AUTH_ALLOW_NON_EXPIRING=true accepts HS256 tokens without it.',
  token_key_unknown: 'The key (kid) is not among the keys of the issuer, or they cannot be read at the moment.',
  session_token: 'This is a session token, not an access token. Exchange it at GET /api/auth/token.',
  api_key_invalid: 'There is no such API key: it was revoked, disabled or mistyped.',
  api_key_expired: 'This API key has expired. Create a new one.',
}
