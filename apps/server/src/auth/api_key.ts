import { API_KEY_PREFIX, type Principal, type TokenRules } from '@taskwire/api'
import type { Db } from '@taskwire/db'
import { createHash } from 'node:crypto'

export interface ApiKeys {
  /** The owner of a key, or the code of the error; at most 2 s old. */
  owner: NonNullable<TokenRules['apiKey']>
  /** Empties the cache: call it when this process has changed keys. */
  forget(): void
}

type KeyOwner = Awaited<ReturnType<ApiKeys['owner']>>

const MAX_AGE_MS = 2000
const MAX_CACHED = 10_000
const KEY = new RegExp(`^${API_KEY_PREFIX}[A-Za-z]{64}$`)

/** Better Auth's API keys, read directly from its table, because its own verification writes a row for each request. */
export function apiKeys(db: Db): ApiKeys {
  const cached = new Map<string, { readonly readAt: number; readonly owner: Promise<KeyOwner> }>()

  function ownerOfHash(hash: string): Promise<KeyOwner> {
    const entry = cached.get(hash)
    if (entry !== undefined && Date.now() - entry.readAt < MAX_AGE_MS) return entry.owner
    const owner = read(hash)
    if (cached.size >= MAX_CACHED) cached.clear()
    cached.set(hash, { readAt: Date.now(), owner })
    owner.catch(() => cached.delete(hash))
    return owner
  }

  async function read(hash: string): Promise<KeyOwner> {
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
      isStillValid: async () => typeof (await ownerOfHash(hash)) !== 'string',
    }
    return principal
  }

  return {
    // Text that does not look like a key needs neither a hash nor a query.
    owner: async (key) => (KEY.test(key) ? ownerOfHash(hashOf(key)) : 'api_key_invalid'),
    forget: () => cached.clear(),
  }
}

/** The hash under which Better Auth stores a key. */
function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url')
}
