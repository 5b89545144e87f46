import { createLocalJWKSet, errors, type CompactVerifyGetKey, type JSONWebKeySet } from 'jose'

export interface KeySetOptions {
  /** Reads all keys anew. */
  readonly load: () => Promise<JSONWebKeySet>
  /** Keys older than this are read anew in the background; until that succeeds they stay. */
  readonly maxAgeMs: number
  /** After a load that failed, or did not bring the key that it was for, the next one waits this long. */
  readonly coolDownMs: number
  /** Told of loads that failed in the background. */
  readonly onFailure?: (error: unknown) => void
  readonly clock?: () => number
}

/**
 * Keys to verify tokens with, kept in memory. A known key never waits for anything. An unknown one costs a load, which
 * all who wait share; nobody is refused by a load that began before they came, unless the set is cooling down.
 */
export function keySet({
  load,
  maxAgeMs,
  coolDownMs,
  onFailure,
  clock = Date.now,
}: KeySetOptions): CompactVerifyGetKey {
  let known: { readonly find: CompactVerifyGetKey; readonly number: number; readonly at: number } | undefined
  let loading: Promise<void> | undefined
  let begun = 0
  let fruitless = -Infinity

  const coolingDown = () => clock() - fruitless < coolDownMs

  async function loadOnce(kid: string | undefined): Promise<void> {
    const number = ++begun
    const at = clock()
    try {
      const keys = await load()
      known = { find: createLocalJWKSet(keys), number, at }
      if (!keys.keys.some((key) => key.kid === kid)) fruitless = clock()
    } catch (error) {
      fruitless = clock()
      throw error
    }
  }

  function reload(kid: string | undefined): Promise<void> {
    loading ??= loadOnce(kid).finally(() => (loading = undefined))
    return loading
  }

  return async (header, jws) => {
    const arrival = begun
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
