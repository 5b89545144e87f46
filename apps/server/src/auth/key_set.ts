import { createLocalJWKSet, errors, type CompactVerifyGetKey, type JSONWebKeySet } from 'jose'

export interface KeySetOptions {
  /** Reads all keys. */
  readonly load: () => Promise<JSONWebKeySet>
  /** Older keys are reloaded in the background; they remain in use until that succeeds. */
  readonly maxAgeMs: number
  /** The pause after a load that failed or did not find the wanted key. */
  readonly cooldownMs: number
  /** Called when a load in the background failed. */
  readonly onFailure?: (error: unknown) => void
  readonly clock?: () => number
}

/**
 * Keys that verify tokens, cached in memory. A known key never waits. An unknown key causes a load, which concurrent
 * requests share. A request is not rejected because of a load that began before it arrived, unless the set is cooling
 * down.
 */
export function keySet({
  load,
  maxAgeMs,
  cooldownMs,
  onFailure,
  clock = Date.now,
}: KeySetOptions): CompactVerifyGetKey {
  let known: { readonly find: CompactVerifyGetKey; readonly number: number; readonly at: number } | undefined
  let loading: Promise<void> | undefined
  let loads = 0
  let lastFailure = -Infinity

  const coolingDown = () => clock() - lastFailure < cooldownMs

  async function loadOnce(kid: string | undefined): Promise<void> {
    const number = ++loads
    const at = clock()
    try {
      const keys = await load()
      known = { find: createLocalJWKSet(keys), number, at }
      if (!keys.keys.some((key) => key.kid === kid)) lastFailure = clock()
    } catch (error) {
      lastFailure = clock()
      throw error
    }
  }

  function reload(kid: string | undefined): Promise<void> {
    loading ??= loadOnce(kid).finally(() => (loading = undefined))
    return loading
  }

  return async (header, jws) => {
    const arrival = loads
    for (;;) {
      const set = known
      if (set !== undefined) {
        try {
          const key = await set.find(header, jws)
          if (clock() - set.at >= maxAgeMs && !coolingDown())
            void reload(header.kid).catch((error) => onFailure?.(error))
          return key
        } catch (error) {
          if (!(error instanceof errors.JWKSNoMatchingKey) || set.number > arrival) throw error
        }
      }
      if (loading === undefined && coolingDown()) throw new errors.JWKSNoMatchingKey()
      await reload(header.kid)
    }
  }
}
