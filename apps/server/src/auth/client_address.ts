import { isIP } from 'node:net'

/** The header that passes the client's address to Better Auth. A value sent by the client is discarded. */
export const CLIENT_ADDRESS = 'x-taskwire-client'

/** The key under which an address is rate limited: itself, or its /64 for IPv6, since a client owns a whole /64. */
export function countedAddress(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1]
  if (mapped !== undefined) return mapped
  if (isIP(ip) !== 6) return ip
  const [left = [], right = []] = ip.split('::').map((half) => half.split(':').filter((group) => group !== ''))
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  const network = [...left, ...zeros, ...right].slice(0, 4)
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}
