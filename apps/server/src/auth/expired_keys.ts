import type { prismaAdapter } from 'better-auth/adapters/prisma'

type AdapterOf = ReturnType<typeof prismaAdapter>
type Deletion = Parameters<ReturnType<AdapterOf>['deleteMany']>[0]

const KEPT_MS = 30 * 86_400_000

/**
 * Keeps expired API keys for 30 days. The plugin deletes them with the next request about anyone's keys; a client that
 * still uses one would then get `api_key_invalid` instead of `api_key_expired`.
 */
export function keepingExpiredKeys(adapterOf: AdapterOf): AdapterOf {
  return (options) => {
    const adapter = adapterOf(options)
    return { ...adapter, deleteMany: (deletion) => adapter.deleteMany(exceptRecentlyExpired(deletion)) }
  }
}

function exceptRecentlyExpired(deletion: Deletion): Deletion {
  if (deletion.model !== 'apikey') return deletion
  const where = deletion.where.map((condition) => {
    const { field, operator, value } = condition
    if (field !== 'expiresAt' || operator !== 'lt' || !(value instanceof Date)) return condition
    return { ...condition, value: new Date(value.getTime() - KEPT_MS) }
  })
  return { ...deletion, where }
}
