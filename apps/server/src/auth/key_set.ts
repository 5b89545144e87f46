import { createLocalJWKSet, errors, type CompactVerifyGetKey, type JSONWebKeySet } from 'jose'

export interface KeySetOptions {
  /** Reads all keys. */
  readonly load: () => Promise<JSONWebKeySet>
  /** Older keys are reloaded in the background; they remain in use until that succeeds. */
  readonly maxAgeMs: number
  /** Still older keys wait for a reload: a withdrawn key is accepted for at most this time, without traffic too. */
  readonly staleAgeMs?: number
  /** If reloads fail, keys are in use until this age. Default: `staleAgeMs`. */
  readonly expiryAgeMs?: number
  /** The pause after a load that failed or did not find the wanted key. */
  readonly cooldownMs: number
  /** Called when a load in the background failed. */
  readonly onFailure?: (error: unknown) => void
  readonly clock?: () => number
}

/**
 * Keys that verify tokens, cached in memory. A known key waits only when it is stale. An unknown key causes a load, which concurrent
 * requests share. A request is not rejected because of a load that began before it arrived, unless the set is cooling
 * down.
 */
export function keySet({
  load,
  maxAgeMs,
  staleAgeMs = Infinity,
  expiryAgeMs = staleAgeMs,
  cooldownMs,
  onFailure,
  clock = Date.now,
}: KeySetOptions): CompactVerifyGetKey {
  let known: { readonly find: CompactVerifyGetKey; readonly number: number; readonly at: number } | undefined
  let loading: Promise<void> | undefined
  let loads = 0
  let lastFailure = -Infinity
  /** Of the last load, if it failed. */
  let failure: unknown

  const coolingDown = () => clock() - lastFailure < cooldownMs

  async function loadOnce(kid: string | undefined): Promise<void> {
    const number = ++loads
    const at = clock()
    try {
      const keys = await load()
      known = { find: createLocalJWKSet(keys), number, at }
      failure = undefined
      if (!keys.keys.some((key) => key.kid === kid)) lastFailure = clock()
    } catch (error) {
      failure = error
      lastFailure = clock()
      throw error
    }
  }

  function reload(kid: string | undefined): Promise<void> {
    loading ??= loadOnce(kid).finally(() => (loading = undefined))
    return loading
  }

  /** Reloads for a key of this age as it needs. Resolves to whether the key may be used. */
  async function isFresh(kid: string | undefined, age: number): Promise<boolean> {
    if (age < maxAgeMs || (coolingDown() && age < expiryAgeMs)) return true
    if (age < staleAgeMs) {
      void reload(kid).catch((error) => onFailure?.(error))
      return true
    }
    if (loading === undefined && coolingDown()) throw failure ?? new errors.JWKSNoMatchingKey()
    try {
      await reload(kid)
      return false
    } catch (error) {
      onFailure?.(error)
      if (age >= expiryAgeMs) throw error
      return true
    }
  }

  return async (header, jws) => {
    const arrival = loads
    for (;;) {
      const set = known
      if (set !== undefined) {
        try {
          const key = await set.find(header, jws)
          if (await isFresh(header.kid, clock() - set.at)) return key
          continue
        } catch (error) {
          if (!(error instanceof errors.JWKSNoMatchingKey) || set.number > arrival) throw error
        }
      }
      if (loading === undefined && coolingDown()) throw failure ?? new errors.JWKSNoMatchingKey()
      await reload(header.kid)
    }
  }
}
