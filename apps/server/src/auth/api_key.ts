import { API_KEY_PREFIX, type Principal, type TokenRules } from '@taskwire/api'
import type { Db } from '@taskwire/db'
import { createHash } from 'node:crypto'

export interface ApiKeys {
  /** The owner of a key, or why there is none; as it was at most 2 s ago. */
  owner: NonNullable<TokenRules['apiKey']>
  /** Forgets what was answered: call it when keys change here. */
  forget(): void
}

type Answer = Awaited<ReturnType<ApiKeys['owner']>>

const MAX_AGE_MS = 2000
const MAX_REMEMBERED = 10_000
const KEY = new RegExp(`^${API_KEY_PREFIX}[A-Za-z]{64}$`)

/** Better Auth's API keys, read straight from its table: its own verification writes a row for each request. */
export function apiKeys(db: Db): ApiKeys {
  const remembered = new Map<string, { readonly asked: number; readonly answer: Promise<Answer> }>()

  function ownerOfHash(hash: string): Promise<Answer> {
    const known = remembered.get(hash)
    if (known !== undefined && Date.now() - known.asked < MAX_AGE_MS) return known.answer
    const answer = read(hash)
    if (remembered.size >= MAX_REMEMBERED) remembered.clear()
    remembered.set(hash, { asked: Date.now(), answer })
    answer.catch(() => remembered.delete(hash))
    return answer
  }

  async function read(hash: string): Promise<Answer> {
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
    // What does not look like a key is none: no hash, no query.
    owner: async (key) => (KEY.test(key) ? ownerOfHash(hashOf(key)) : 'api_key_invalid'),
    forget: () => remembered.clear(),
  }
}

/** As Better Auth stores it. */
function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url')
}
