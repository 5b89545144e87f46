import { publicError, ApiError, type Log, type TrustedIssuer } from '@taskwire/api'
import type { Db } from '@taskwire/db'
import type { JSONWebKeySet } from 'jose'
import { z } from 'zod'
import { keySet } from './key_set.ts'

/** How long tokens signed with a key are accepted after the key was replaced. */
export const KEYS_KEPT_S = 86_400

/** Our own Better Auth. Its keys are read from the database, so that each replica sees the keys of the others at once. */
export function ownIssuer(db: Db, url: string): TrustedIssuer {
  // The cooldown bounds what tokens with invented keys cost the database.
  const keys = keySet({ load: () => storedKeys(db), maxAgeMs: 30_000, staleAgeMs: 60_000, cooldownMs: 1000 })
  return { issuer: url, audience: url, keys }
}

export interface ExternalIssuer {
  readonly url: string
  readonly issuer: string
  readonly audience: string
}

const COOLDOWN_MS = 10_000
/** A verified token is cached for another minute, which makes the 10 minutes. */
const AGES = { maxAgeMs: 300_000, staleAgeMs: 540_000, expiryAgeMs: 3_600_000 }
const TIMEOUT_MS = 3000

/**
 * An external Better Auth or OIDC server. A key that it withdraws is accepted for at most 10 minutes; while it is
 * unavailable, its last known keys remain in use for an hour.
 */
export function externalIssuer({ url, issuer, audience }: ExternalIssuer, log: Log): TrustedIssuer {
  const onFailure = (error: unknown) =>
    log.warn({ err: error instanceof ApiError ? error.cause : error }, 'the keys of AUTH_JWKS_URL cannot be read')
  const load = () =>
    publishedKeys(url).catch((error: unknown) => {
      onFailure(error)
      throw new ApiError('token_key_unknown', {}, error)
    })
  return { issuer, audience, keys: keySet({ load, ...AGES, cooldownMs: COOLDOWN_MS }) }
}

const jwk = z.looseObject({ kty: z.string(), kid: z.string().optional() })
const jwks = z.object({ keys: z.array(jwk) })

async function publishedKeys(url: string): Promise<JSONWebKeySet> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (response.status !== 200) throw new Error(`status ${response.status} instead of keys`)
  return jwks.parse(await response.json())
}

async function storedKeys(db: Db): Promise<JSONWebKeySet> {
  const expired = new Date(Date.now() - KEYS_KEPT_S * 1000)
  const rows = await db.jwks
    .findMany({
      where: { OR: [{ expiresAt: null }, { expiresAt: { gt: expired } }] },
      select: { id: true, publicKey: true, alg: true },
    })
    .catch((error: unknown) => {
      throw publicError(error)
    })
  return {
    keys: rows.map(({ id, publicKey, alg }) => ({ ...jwk.parse(JSON.parse(publicKey)), kid: id, alg: alg ?? 'EdDSA' })),
  }
}
