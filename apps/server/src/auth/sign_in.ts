import { createRevocations, type Log, type PrincipalLookup, type Revocations, type TrustedIssuer } from '@taskwire/api'
import type { Db, Sql } from '@taskwire/db'
import type { FastifyPluginAsync } from 'fastify'
import type { Env } from '../config/env.ts'
import type { Outbox } from '../mail/outbox.ts'
import { limitedOutbox } from './account_mail.ts'
import { apiKeys } from './api_key.ts'
import { attemptCounts, type CountAttempt } from './attempt_counts.ts'
import { signInBridge } from './bridge.ts'
import { withFormerCookies } from './former_cookies.ts'
import { externalIssuer, ownIssuer } from './issuers.ts'
import { accessTokens } from './oauth/access_token.ts'
import type { FetchClientDocument } from './oauth/client_document.ts'
import { serverUrls } from './oauth/resources.ts'
import { storedRevocations } from './stored_revocations.ts'

export interface SignInOptions {
  readonly db: Db
  readonly sql: Sql
  readonly env: Pick<
    Env,
    | 'BETTER_AUTH_URL'
    | 'CORS_ORIGINS'
    | 'AUTH_JWKS_URL'
    | 'AUTH_ISSUER'
    | 'AUTH_AUDIENCE'
    | 'RATE_LIMIT_AUTH'
    | 'AUTH_REQUIRE_EMAIL_VERIFICATION'
    | 'OAUTH_CLIENT_DOCUMENTS'
    | 'WEBHOOK_ALLOW_PRIVATE'
    | 'formerSecrets'
  >
  /** The bytes of the shared secret. */
  readonly secret: Uint8Array
  readonly log: Log
  /** Undefined: no mail is sent. */
  readonly outbox?: Pick<Outbox, 'post'> | undefined
  /** Counts attempts to sign in, and mails. Default: here. */
  readonly countAttempt?: CountAttempt | undefined
  /** Fetches the document of a client that is known by its URL. Default: over HTTPS, from public addresses only. */
  readonly fetchClientDocument?: FetchClientDocument | undefined
}

export interface SignIn {
  /** Mounts `/api/auth/*` and the metadata of the authorization server. */
  readonly plugin: FastifyPluginAsync
  /** The issuers whose asymmetric tokens are accepted: our own and that of AUTH_JWKS_URL. */
  readonly issuers: TrustedIssuer[]
  /** The owner of an API key; at most 2 s old. */
  readonly apiKey: PrincipalLookup
  /** The user of an OAuth client's access token; at most 2 s old. */
  readonly accessToken: PrincipalLookup
  /** The sessions and users whose tokens are refused; at most 4 s old. */
  readonly revocations: Revocations
}

/** Sign-in and the verification of tokens and API keys. It queries the database only when it is used. */
export function createSignIn(options: SignInOptions): SignIn {
  const { db, sql, env, secret, log, outbox, fetchClientDocument } = options
  const url = env.BETTER_AUTH_URL
  const own = attemptCounts(env)
  const countAttempt = options.countAttempt ?? (async (of, key) => own(of, key))

  async function open() {
    // Loading Better Auth would take half of a warm start, and only sign-in needs it.
    const { betterAuthOn } = await import('./better_auth.ts')
    const auth = betterAuthOn({
      db,
      url,
      secret: new TextDecoder().decode(secret),
      formerSecrets: env.formerSecrets,
      trustedOrigins: trustedOrigins(url, env.CORS_ORIGINS),
      log,
      outbox: outbox && limitedOutbox(outbox, countAttempt),
      requireVerification: env.AUTH_REQUIRE_EMAIL_VERIFICATION,
      fetchClientDocument: env.OAUTH_CLIENT_DOCUMENTS ? fetchClientDocument : refuseToFetch,
      allowPrivatePushes: env.WEBHOOK_ALLOW_PRIVATE,
    })
    // It reads and may write the database first. One for which that failed would refuse every request from then on.
    await auth.$context
    if (env.formerSecrets.length === 0) return auth
    return { ...auth, handler: await withFormerCookies(auth, env.formerSecrets) }
  }

  const keys = apiKeys(db)
  const access = accessTokens(sql, url)
  const revocations = createRevocations(storedRevocations(sql))
  const { AUTH_JWKS_URL, AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = env
  const external =
    AUTH_JWKS_URL === undefined || issuer === undefined
      ? []
      : [externalIssuer({ url: AUTH_JWKS_URL, issuer, audience: audience ?? issuer }, log)]
  return {
    plugin: signInBridge({
      open,
      url,
      readsClientDocuments: env.OAUTH_CLIENT_DOCUMENTS,
      countAttempt,
      changed: () => {
        keys.forget()
        access.forget()
        revocations.expire()
      },
    }),
    issuers: [ownIssuer(db, url), ...external],
    apiKey: (key) => keys.owner(key),
    accessToken: access.principal,
    revocations,
  }
}

/** The app is told that its document could not be read. */
const refuseToFetch: FetchClientDocument = async () => {
  throw new TypeError('OAUTH_CLIENT_DOCUMENTS is false')
}

/** Exact origins; for a loopback server under both of its usual names. */
function trustedOrigins(url: string, corsOrigins: readonly string[]): string[] {
  // Better Auth would treat these as patterns.
  return [...serverUrls(new URL(url).origin), ...corsOrigins.filter((allowed) => !/[*?]/.test(allowed))]
}
