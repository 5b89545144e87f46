import { lookup as systemLookup, Resolver } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { callbackify } from 'node:util'
import { isForbiddenAddress } from './address.ts'

/** Resolves a host name to its IP addresses. */
export type Resolve = (host: string) => Promise<readonly string[]>

export const FORBIDDEN = 'The address is not allowed'

export class ForbiddenAddress extends Error {}

/** A lookup for `net.connect` that fails where any of the addresses is forbidden. */
export function checkedLookup(
  allowPrivate: boolean,
  resolve: Resolve = allowPrivate ? resolvePrivately : resolvePublicly,
): LookupFunction {
  const addressesOf = callbackify(async (host: string) => {
    const addresses = await resolve(host)
    const isForbidden = addresses.some((address) => isForbiddenAddress(address, allowPrivate))
    if (isForbidden || addresses.length === 0) throw new ForbiddenAddress(FORBIDDEN)
    return addresses.map((address) => ({ address, family: isIP(address) }))
  })
  return (host, { all }, callback) =>
    addressesOf(host, (error, addresses) => {
      if (error !== null) callback(error, '')
      else if (all === true) callback(null, addresses)
      else callback(null, addresses[0]?.address ?? '', addresses[0]?.family)
    })
}

/**
 * By the DNS only. The system's lookup would run on one of the four threads that verify passwords and tokens, where the
 * slow name server of one user could hold up everybody.
 */
async function resolvePublicly(host: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: 2000, tries: 2 })
  const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
  const found = [four, six].flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
  if (found.length === 0 && four.status === 'rejected') throw four.reason
  return found
}

/** As every other program of the machine does it, the names of its own network included. */
async function resolvePrivately(host: string): Promise<string[]> {
  return (await systemLookup(host, { all: true })).map(({ address }) => address)
}
