import type { Log, TokenRules, TrustedIssuer } from '@taskwire/api'
import type { Db } from '@taskwire/db'
import type { FastifyPluginAsync } from 'fastify'
import { isLoopback, type Env } from '../config/env.ts'
import { apiKeys } from './api_key.ts'
import { signInBridge } from './bridge.ts'
import { externalIssuer, ownIssuer } from './issuers.ts'

export interface SignInOptions {
  readonly db: Db
  readonly env: Pick<
    Env,
    'BETTER_AUTH_URL' | 'CORS_ORIGINS' | 'AUTH_JWKS_URL' | 'AUTH_ISSUER' | 'AUTH_AUDIENCE' | 'RATE_LIMIT_AUTH'
  >
  /** The shared secret's bytes. */
  readonly secret: Uint8Array
  readonly log: Log
}

export interface SignIn {
  /** Mounts `/api/auth/*`. */
  readonly plugin: FastifyPluginAsync
  /** Whose asymmetric tokens are accepted: our own, and those of AUTH_JWKS_URL. */
  readonly issuers: TrustedIssuer[]
  /** The owner of an API key, as it was at most 2 s ago. */
  readonly apiKey: NonNullable<TokenRules['apiKey']>
}

/** Everything about who somebody is: people sign in, tokens and keys find their owner. Asks the database when used. */
export function createSignIn({ db, env, secret, log }: SignInOptions): SignIn {
  const url = env.BETTER_AUTH_URL

  async function open() {
    // Half of a warm start would be the loading of Better Auth, which only people who sign in need.
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
  const { AUTH_JWKS_URL, AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = env
  const external =
    AUTH_JWKS_URL === undefined || issuer === undefined
      ? []
      : [externalIssuer({ url: AUTH_JWKS_URL, issuer, audience: audience ?? issuer }, log)]
  return {
    plugin: signInBridge({
      open,
      db,
      origin: new URL(url).origin,
      limit: env.RATE_LIMIT_AUTH,
      changed: () => keys.forget(),
    }),
    issuers: [ownIssuer(db, url), ...external],
    apiKey: (key) => keys.owner(key),
  }
}

/** Exact origins, and for a server of this machine both of its usual names. */
function trustedOrigins(url: string, corsOrigins: readonly string[]): string[] {
  const { protocol, hostname, port, origin } = new URL(url)
  const names = isLoopback(hostname.replace(/^\[|\]$/g, '')) ? ['localhost', '127.0.0.1'] : []
  const aliases = names.map((name) => `${protocol}//${name}${port === '' ? '' : `:${port}`}`)
  // Better Auth would read these as patterns.
  return [origin, ...aliases, ...corsOrigins.filter((allowed) => !/[*?]/.test(allowed))]
}
