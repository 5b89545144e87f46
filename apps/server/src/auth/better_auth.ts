import { createHash } from 'node:crypto'
import { randomUUID } from 'node:crypto'
import { apiKey } from '@better-auth/api-key'
import { API_KEY_PREFIX, limits, type Log } from '@taskwire/api'
import type { Db } from '@taskwire/db'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { APIError, createAuthMiddleware } from 'better-auth/api'
import { betterAuth } from 'better-auth/minimal'
import { bearer } from 'better-auth/plugins/bearer'
import { jwt } from 'better-auth/plugins/jwt'
import { accountMail, type LimitedOutbox } from './account_mail.ts'
import { CLIENT_ADDRESS } from './client_address.ts'
import { observedDatabase, type ObservedDb } from './database_failures.ts'
import { allowNewEmail, assertVerified, assertVerifiedOwner, emailAndPassword } from './email_and_password.ts'
import { keepingExpiredKeys } from './expired_keys.ts'
import type { FetchClientDocument } from './oauth/client_document.ts'
import { clientDocuments, DISABLED_PATHS, oauthServer } from './oauth/provider.ts'
import { KEYS_KEPT_S } from './issuers.ts'
import { pushSubscriptions } from './push_subscriptions.ts'
import { signingKeys } from './signing_keys.ts'

export interface BetterAuthOptions {
  readonly db: Db
  /** The public base URL: issuer and audience of the tokens. */
  readonly url: string
  readonly secret: string
  /** What they encrypted can still be read. */
  readonly formerSecrets?: readonly string[]
  readonly trustedOrigins: string[]
  readonly log: Log
  /** Undefined: no mail is sent. */
  readonly outbox?: LimitedOutbox | undefined
  /** Whether an account gives no token until its address is confirmed. */
  readonly requireVerification?: boolean
  readonly fetchClientDocument?: FetchClientDocument | undefined
  /** Whether pushes may be sent to loopback and private addresses. */
  readonly allowPrivatePushes?: boolean | undefined
}

const DAY_S = 86_400

/** With former secrets, what is encrypted names its secret by a number; what was encrypted before has none. */
function secretsOf({ secret, formerSecrets = [] }: Pick<BetterAuthOptions, 'secret' | 'formerSecrets'>) {
  const oldest = formerSecrets.at(-1)
  if (oldest === undefined) return { secret }
  const secrets = [secret, ...formerSecrets].map((value) => ({ version: secretNumber(value), value }))
  return { secret: oldest, secrets }
}

/** The same for a secret wherever it stands in the list. */
function secretNumber(secret: string): number {
  return createHash('sha256').update(secret).digest().readUInt32BE() >>> 1
}

export type TaskwireAuth = ReturnType<typeof betterAuthOn>

/** Better Auth with email and password, tokens signed with keys from our database, and personal API keys. */
export function betterAuthOn(options: BetterAuthOptions) {
  const { db: unobserved, url, trustedOrigins, log, outbox, requireVerification = false, fetchClientDocument } = options
  const { allowPrivatePushes = false } = options
  const db = observedDatabase(unobserved)
  const sendsMail = outbox !== undefined
  return betterAuth({
    appName: 'Taskwire',
    baseURL: new URL(url).origin,
    basePath: '/api/auth',
    ...secretsOf(options),
    trustedOrigins,
    database: keepingExpiredKeys(prismaAdapter(db, { provider: 'postgresql' })),
    ...emailAndPassword({ db, url, mail: accountMail({ url, outbox }), sendsMail, requireVerification }),
    // The bridge limits by the client's real address and responds like our other limits.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    advanced: {
      // Set explicitly, because NODE_ENV=test would disable these checks.
      disableOriginCheck: false,
      disableCSRFCheck: false,
      skipTrailingSlashes: true,
      useSecureCookies: url.startsWith('https:'),
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS] },
    },
    logger: { level: 'error', log: (_level, message) => log.warn({}, `sign-in: ${message}`) },
    // Throws errors to the bridge, which responds and logs as everywhere else.
    onAPIError: { throw: true },
    hooks: {
      before: createAuthMiddleware(async (ctx) => {
        if (requireVerification) await assertVerifiedOwner(ctx)
        if (!sendsMail) await allowNewEmail(db, ctx)
        return withPassword(ctx) ?? withConfigOfKey(db, ctx)
      }),
    },
    databaseHooks: { user: { create: { before: checkProfile }, update: { before: checkProfile } } },
    plugins: [
      jwt({
        adapter: { getJwks: signingKeys(db) },
        jwks: { rotationInterval: 30 * DAY_S, gracePeriod: KEYS_KEPT_S },
        jwt: {
          issuer: url,
          audience: url,
          definePayload({ user, session }) {
            const { email, name } = user
            if (requireVerification) assertVerified(user)
            return { email, name, sid: session.id }
          },
        },
      }),
      apiKey(SCOPES.map((configId) => keyConfiguration(configId))),
      bearer(),
      oauthServer(url),
      clientDocuments(fetchClientDocument),
      pushSubscriptions(unobserved, allowPrivatePushes),
    ],
    disabledPaths: DISABLED_PATHS,
  })
}

const SCOPES = ['read', 'write'] as const

function keyConfiguration(configId: (typeof SCOPES)[number]) {
  return {
    configId,
    defaultPrefix: API_KEY_PREFIX,
    // Allows no other prefix, because it distinguishes keys from tokens.
    maximumPrefixLength: 0,
    maximumNameLength: limits.apiKeyNameLength,
    keyExpiration: { defaultExpiresIn: 90 * DAY_S, minExpiresIn: 0, maxExpiresIn: 365 },
    // The plugin's own limit is 10 requests a day.
    rateLimit: { enabled: false },
  }
}

/**
 * Limits names, which become part of tokens, which are sent in headers. Better Auth takes values of any type in an update,
 * and Prisma would throw.
 */
async function checkProfile({ name, image }: { name?: unknown; image?: unknown }): Promise<void> {
  if (name !== undefined && typeof name !== 'string') throw invalidField('INVALID_NAME', 'A name must be a string')
  if (typeof image !== 'string' && image !== undefined && image !== null) {
    throw invalidField('INVALID_IMAGE', 'An image must be a URL or null')
  }
  if (name !== undefined && name.length > 200) throw invalidField('NAME_TOO_LONG', 'A name has at most 200 characters')
}

function invalidField(code: string, message: string): APIError {
  return new APIError('BAD_REQUEST', { code, message })
}

/** Makes deletion ask for the password in every session. Better Auth asks only in those that are older than a day. */
function withPassword({ path, body }: { path: string; body?: unknown }) {
  if (path !== '/delete-user') return undefined
  const { password, ...rest }: Record<string, unknown> = { ...Object(body) }
  // A missing password counts as a wrong one.
  return password === undefined || password === ''
    ? { context: { body: { ...rest, password: randomUUID() } } }
    : undefined
}

const ONE_KEY = ['/api-key/update', '/api-key/delete', '/api-key/get']

/**
 * Requires a scope for a new key, and adds the stored scope to requests about an existing one: the plugin needs it, but
 * callers only know the id.
 */
async function withConfigOfKey(
  db: ObservedDb,
  { path, body, query }: { path: string; body?: unknown; query?: unknown },
) {
  if (path === '/api-key/create' && !SCOPES.some((scope) => scope === Object(body).configId)) {
    throw new APIError('BAD_REQUEST', { code: 'INVALID_CONFIG_ID', message: 'configId must be "read" or "write"' })
  }
  if (!ONE_KEY.includes(path)) return undefined
  const [part, given]: ['query' | 'body', object] =
    path === '/api-key/get' ? ['query', { ...Object(query) }] : ['body', { ...Object(body) }]
  const id = part === 'query' ? Reflect.get(given, 'id') : Reflect.get(given, 'keyId')
  if (Reflect.has(given, 'configId') || typeof id !== 'string') return undefined
  const key = await db.apikey.findUnique({ where: { id }, select: { configId: true } })
  return { context: { [part]: { ...given, configId: key?.configId ?? 'read' } } }
}
