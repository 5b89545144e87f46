import { BlockList, isIP } from 'node:net'

// A user decides where the server connects to. Without these rules they could reach what only the server can: its own
// machine, its network, and the metadata service of its cloud, which hands out credentials.

/** Never allowed, whatever the configuration: nobody runs a receiver there. */
const NEVER = blockList(
  ['0.0.0.0/8', 'link-local 169.254.0.0/16', 'protocols 192.0.0.0/24', 'tests 192.0.2.0/24', '192.88.99.0/24'],
  ['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', 'multicast 224.0.0.0/4', 'reserved 240.0.0.0/4'],
  // Azure's and AWS's metadata.
  ['168.63.129.16/32', 'fd00:ec2::254/128'],
  // Teredo and others, documentation, 6to4.
  ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
)
/** Only allowed by WEBHOOK_ALLOW_PRIVATE. */
const PRIVATE = blockList(
  ['10.0.0.0/8', 'shared 100.64.0.0/10', 'loopback 127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
  ['::1/128', 'fc00::/7'],
)
/** The IPv6 addresses that are assigned to somebody. */
const GLOBAL = blockList(['2000::/3'])

function blockList(...rows: readonly string[][]): BlockList {
  const list = new BlockList()
  for (const text of rows.flat()) {
    const [address = '', bits = ''] = text.slice(text.lastIndexOf(' ') + 1).split('/')
    list.addSubnet(address, Number(bits), isIP(address) === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}

/** Whether a webhook may not connect to an IP address. What is no address may not be connected to either. */
export function isForbiddenAddress(address: string, allowPrivate: boolean): boolean {
  const family = isIP(address)
  if (family === 0 || address.includes('%')) return true
  if (family === 4) return NEVER.check(address) || (!allowPrivate && PRIVATE.check(address))
  const groups = groupsOf(address)
  const embedded = embeddedAddress(groups)
  if (embedded !== undefined) return isForbiddenAddress(embedded, allowPrivate)
  if (NEVER.check(address, 'ipv6')) return true
  if (PRIVATE.check(address, 'ipv6')) return !allowPrivate
  return !GLOBAL.check(address, 'ipv6')
}

/** The IPv4 address that an IPv6 address stands for: mapped (`::ffff:0:0/96`) or translated (`64:ff9b::/96`, RFC 6052). */
function embeddedAddress(groups: readonly number[]): string | undefined {
  const prefix = groups
    .slice(0, 6)
    .map((group) => group.toString(16))
    .join(':')
  if (prefix !== '0:0:0:0:0:ffff' && prefix !== '64:ff9b:0:0:0:0') return undefined
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 255])
    .join('.')
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  // The URL parser writes every form in the shortest one, in hexadecimal.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const first = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0')
  return [...first, ...zeros, ...last].map((group) => Number.parseInt(group, 16))
}

/** The host of a URL without the brackets of an IPv6 address. The URL parser has turned `0x7f.1` and `2130706433` into IPv4. */
export function hostOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
}

/** Whether a URL names, without any lookup, something that webhooks may not connect to. */
export function isForbiddenUrl(url: URL, allowPrivate: boolean): boolean {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return true
  const host = hostOf(url)
  if (isIP(host) !== 0) return isForbiddenAddress(host, allowPrivate)
  return !allowPrivate && /(^|\.)localhost\.?$/i.test(host)
}
