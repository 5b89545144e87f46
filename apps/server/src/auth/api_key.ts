import { API_KEY_PREFIX, type Principal, type PrincipalLookup } from '@taskwire/api'
import type { Db } from '@taskwire/db'
import { principalCache } from './principal_cache.ts'

export interface ApiKeys {
  /** The owner of a key, or the code of the error; at most 2 s old. */
  owner: PrincipalLookup
  /** Empties the cache: call it when this process has changed keys. */
  forget(): void
}

const KEY = new RegExp(`^${API_KEY_PREFIX}[A-Za-z]{64}$`)

/** Better Auth's API keys, read directly from its table, because its own verification writes a row for each request. */
export function apiKeys(db: Db): ApiKeys {
  const cache = principalCache(async (hash) => {
    const key = await db.apikey.findUnique({
      where: { key: hash },
      select: {
        id: true,
        configId: true,
        enabled: true,
        expiresAt: true,
        referenceId: true,
        user: { select: { email: true, name: true } },
      },
    })
    if (key === null || key.enabled === false) return 'api_key_invalid'
    if (key.expiresAt !== null && key.expiresAt.getTime() <= Date.now()) return 'api_key_expired'
    const principal: Principal = {
      user_id: key.referenceId,
      kind: 'api_key',
      scope: key.configId === 'write' ? 'write' : 'read',
      actor: `key:${key.id}`,
      email: key.user.email,
      name: key.user.name,
      expires_at: key.expiresAt === null ? null : Math.floor(key.expiresAt.getTime() / 1000),
    }
    return principal
  })
  return {
    // Text that does not look like a key needs neither a hash nor a query.
    owner: async (key) => (KEY.test(key) ? cache.lookup(key) : 'api_key_invalid'),
    forget: () => cache.clear(),
  }
}
