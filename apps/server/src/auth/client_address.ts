import { isIP } from 'node:net'

/** The header in which Better Auth is told the client's address; what a client sends under this name is dropped. */
export const CLIENT_ADDRESS = 'x-taskwire-client'

/** Whom an address is counted as: itself, or for IPv6 its /64, of which one client has all the addresses. */
export function countedAddress(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1]
  if (mapped !== undefined) return mapped
  if (isIP(ip) !== 6) return ip
  const [left = [], right = []] = ip.split('::').map((half) => half.split(':').filter((group) => group !== ''))
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  const network = [...left, ...zeros, ...right].slice(0, 4)
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}
