import { createHash } from 'node:crypto'
import type { ErrorCode, Principal } from '@taskwire/api'

type LookupResult = Principal | ErrorCode

export interface PrincipalCache {
  /** The principal of a secret, or the code of the error; at most 2 s old. */
  lookup(secret: string): Promise<LookupResult>
  /** Forgets everything: call it when this process has changed what is stored. */
  clear(): void
}

const MAX_AGE_MS = 2000
const MAX_CACHED = 10_000

/** Looks up secrets by the hash under which Better Auth stores them, and keeps the results for 2 s. */
export function principalCache(read: (hash: string) => Promise<LookupResult>, clock = Date.now): PrincipalCache {
  const cached = new Map<string, { readonly readAt: number; readonly found: Promise<LookupResult> }>()

  function ofHash(hash: string): Promise<LookupResult> {
    const entry = cached.get(hash)
    if (entry !== undefined && clock() - entry.readAt < MAX_AGE_MS) return entry.found
    const found = watched(hash)
    if (cached.size >= MAX_CACHED) cached.clear()
    cached.set(hash, { readAt: clock(), found })
    found.catch(() => cached.delete(hash))
    return found
  }

  async function watched(hash: string): Promise<LookupResult> {
    const found = await read(hash)
    if (typeof found === 'string') return found
    return { ...found, isStillValid: async () => typeof (await ofHash(hash)) !== 'string' }
  }

  return {
    lookup: (secret) => ofHash(createHash('sha256').update(secret).digest('base64url')),
    clear: () => cached.clear(),
  }
}
