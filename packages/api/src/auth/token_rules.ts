import type { CompactVerifyGetKey } from 'jose'
import type { Principal } from '../core/services.ts'
import type { ErrorCode } from '../errors/api_error.ts'
import type { Revocations } from './revocations.ts'

/** An issuer whose asymmetric tokens are accepted. It is selected by the exact `iss`, and the audience is checked. */
export interface TrustedIssuer {
  readonly issuer: string
  readonly audience: string
  /** Throws jose's errors for unknown keys, and an `ApiError` when the keys cannot be read. */
  readonly keys: CompactVerifyGetKey
}

/** Looks up a secret that is stored, as a hash, and returns the principal that it stands for, or the code of the error. */
export type PrincipalLookup = (secret: string) => Promise<Principal | ErrorCode>

export interface TokenRules {
  /** The bytes of the secret that HS256 tokens are signed with. */
  readonly secret: Uint8Array
  /** Former secrets, whose HS256 tokens are still accepted while callers move over. */
  readonly formerSecrets?: readonly Uint8Array[] | undefined
  /** Accept HS256 tokens whose `exp` is absent or null. */
  readonly allowNonExpiring?: boolean
  readonly issuers?: readonly TrustedIssuer[]
  /** The owner of an API key, or the error code if there is none. Results must not be older than 2 s. */
  readonly apiKey?: PrincipalLookup
  /** The user of an OAuth client's access token, and what the client may do. Results must not be older than 2 s. */
  readonly accessToken?: PrincipalLookup
  /** Refuses tokens of ended sessions and deleted users. Absent: none is refused for that. */
  readonly revocations?: Revocations
  /** How many verified tokens are kept. Default: 10,000. */
  readonly maxCached?: number
  /** Milliseconds since 1970. */
  readonly clock?: () => number
}
