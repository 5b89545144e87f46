import { ACCESS_TOKEN_PREFIX, publicError, type ErrorCode, type Principal, type PrincipalLookup } from '@taskwire/api'
import { runForNoCaller, type Sql } from '@taskwire/db'
import { z } from 'zod'
import { principalCache } from '../principal_cache.ts'
import { resourceIdentifiers } from './resources.ts'
import { scopeOf } from './scopes.ts'

export interface AccessTokens {
  /** The user of an access token and what its client may do, or the code of the error; at most 2 s old. */
  readonly principal: PrincipalLookup
  /** Empties the cache: call it when this process has changed tokens or consents. */
  readonly forget: () => void
}

const TOKEN = new RegExp(`^${ACCESS_TOKEN_PREFIX}[A-Za-z]{32}$`)

const row = z.object({
  client_id: z.string(),
  user_id: z.string(),
  email: z.string(),
  name: z.string(),
  granted: z.array(z.string()),
  consented: z.array(z.string()),
  resources: z.array(z.string()).nullable(),
  expires_at: z.number(),
})

// A consent that was narrowed since the token was issued counts, and none means that the client was disconnected.
const STATEMENT = `
  SELECT t."clientId" AS client_id, t."userId" AS user_id, u.email, u.name, t.scopes AS granted, t.resources,
    extract(epoch from t."expiresAt")::float8 AS expires_at,
    array(SELECT unnest(c.scopes) FROM taskwire."oauthConsent" c
      WHERE c."userId" = t."userId" AND c."clientId" = t."clientId") AS consented
  FROM taskwire."oauthAccessToken" t
    JOIN taskwire."user" u ON u.id = t."userId"
    JOIN taskwire."oauthClient" o ON o."clientId" = t."clientId" AND o.disabled IS NOT TRUE
  WHERE t.token = $1 AND t.revoked IS NULL`

/** The access tokens of OAuth clients, read directly from Better Auth's tables. */
export function accessTokens(sql: Sql, url: string): AccessTokens {
  const known = new Set(resourceIdentifiers(url))
  const cache = principalCache(async (hash) => {
    const statement = { name: 'access_token', text: STATEMENT, values: [hash], pipeline: 'reads' } as const
    // Requests share a read: it must not end with the one that began it.
    const [found] = await runForNoCaller(() => sql<unknown>(statement)).catch((error: unknown) => {
      throw publicError(error)
    })
    return found === undefined ? 'token_expired' : principalOf(row.parse(found), known)
  })
  return {
    // Text that does not look like a token needs neither a hash nor a query.
    principal: async (token) =>
      TOKEN.test(token) ? cache.lookup(token.slice(ACCESS_TOKEN_PREFIX.length)) : 'token_malformed',
    forget: () => cache.clear(),
  }
}

function principalOf(token: z.infer<typeof row>, known: ReadonlySet<string>): Principal | ErrorCode {
  const { client_id, user_id, email, name, granted, consented, resources, expires_at } = token
  if (consented.length === 0 || expires_at * 1000 <= Date.now()) return 'token_expired'
  // A token without a resource is for this server as well, the only one that its issuer knows.
  const isForUs = resources === null || resources.length === 0 || resources.some((resource) => known.has(resource))
  if (!isForUs) return 'token_audience_mismatch'
  return {
    user_id,
    kind: 'oauth',
    scope: scopeOf(granted.filter((scope) => consented.includes(scope))),
    actor: `client:${client_id}`,
    email,
    name,
    expires_at,
  }
}
