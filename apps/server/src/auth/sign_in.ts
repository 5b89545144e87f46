import { createRevocations, type Log, type Revocations, type TokenRules, type TrustedIssuer } from '@taskwire/api'
import type { Db, Sql } from '@taskwire/db'
import type { FastifyPluginAsync } from 'fastify'
import { isLoopback, type Env } from '../config/env.ts'
import { apiKeys } from './api_key.ts'
import { signInBridge } from './bridge.ts'
import { externalIssuer, ownIssuer } from './issuers.ts'
import { storedRevocations } from './stored_revocations.ts'

export interface SignInOptions {
  readonly db: Db
  readonly sql: Sql
  readonly env: Pick<
    Env,
    'BETTER_AUTH_URL' | 'CORS_ORIGINS' | 'AUTH_JWKS_URL' | 'AUTH_ISSUER' | 'AUTH_AUDIENCE' | 'RATE_LIMIT_AUTH'
  >
  /** The bytes of the shared secret. */
  readonly secret: Uint8Array
  readonly log: Log
}

export interface SignIn {
  /** Mounts `/api/auth/*`. */
  readonly plugin: FastifyPluginAsync
  /** The issuers whose asymmetric tokens are accepted: our own and that of AUTH_JWKS_URL. */
  readonly issuers: TrustedIssuer[]
  /** The owner of an API key; at most 2 s old. */
  readonly apiKey: NonNullable<TokenRules['apiKey']>
  /** The sessions and users whose tokens are refused; at most 4 s old. */
  readonly revocations: Revocations
}

/** Sign-in and the verification of tokens and API keys. It queries the database only when it is used. */
export function createSignIn({ db, sql, env, secret, log }: SignInOptions): SignIn {
  const url = env.BETTER_AUTH_URL

  async function open() {
    // Loading Better Auth would take half of a warm start, and only sign-in needs it.
    const { betterAuthOn } = await import('./better_auth.ts')
    return betterAuthOn({
      db,
      url,
      secret: new TextDecoder().decode(secret),
      trustedOrigins: trustedOrigins(url, env.CORS_ORIGINS),
      log,
    })
  }

  const keys = apiKeys(db)
  const revocations = createRevocations(storedRevocations(sql))
  const { AUTH_JWKS_URL, AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = env
  const external =
    AUTH_JWKS_URL === undefined || issuer === undefined
      ? []
      : [externalIssuer({ url: AUTH_JWKS_URL, issuer, audience: audience ?? issuer }, log)]
  return {
    plugin: signInBridge({
      open,
      origin: new URL(url).origin,
      limit: env.RATE_LIMIT_AUTH,
      changed: () => {
        keys.forget()
        revocations.expire()
      },
    }),
    issuers: [ownIssuer(db, url), ...external],
    apiKey: (key) => keys.owner(key),
    revocations,
  }
}

/** Exact origins; for a loopback server under both of its usual names. */
function trustedOrigins(url: string, corsOrigins: readonly string[]): string[] {
  const { protocol, hostname, port, origin } = new URL(url)
  const names = isLoopback(hostname.replace(/^\[|\]$/g, '')) ? ['localhost', '127.0.0.1'] : []
  const aliases = names.map((name) => `${protocol}//${name}${port === '' ? '' : `:${port}`}`)
  // Better Auth would treat these as patterns.
  return [origin, ...aliases, ...corsOrigins.filter((allowed) => !/[*?]/.test(allowed))]
}
