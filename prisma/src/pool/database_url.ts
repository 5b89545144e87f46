/** One of the servers that a URL names. A host that starts with `/` is the directory of a socket. */
export interface DatabaseServer {
  readonly host: string
  readonly port: number
}

/** What a server must allow: anything, writes, or writes because it is no standby. Names of libpq's. */
const TARGETS = ['any', 'read-write', 'primary'] as const

export type Target = (typeof TARGETS)[number]

export interface DatabaseAddress {
  /** In the order in which they are preferred. */
  readonly servers: readonly DatabaseServer[]
  readonly target: Target
  /** A URL with everything else: login, database, and parameters such as `sslmode`. */
  readonly url: string
}

/** The message is what a URL must be, and holds no part of it. */
export class DatabaseUrlError extends Error {
  override readonly name = 'DatabaseUrlError'
}

const DEFAULT_PORT = 5432
const URL_PARTS = /^postgres(?:ql)?:\/\/(?:([^/?#]*)@)?([^/?#@]*)(\/[^?#]*)?(?:\?([^#]*))?$/

/**
 * Reads a URL as libpq does, also with several hosts (`a:5432,b:5433`, `?host=a,b&port=5432,5433`), sockets and
 * `target_session_attrs`. Throws `DatabaseUrlError`.
 */
export function databaseAddress(url: string): DatabaseAddress {
  const [matched, login, authority = '', path = '', search = ''] = URL_PARTS.exec(url) ?? []
  if (matched === undefined) throw mustStart()
  const query = new URLSearchParams(search)
  const servers = serversOf(authority, query)
  const target = targetOf(query.get('target_session_attrs') ?? 'any')
  for (const name of ['host', 'port', 'target_session_attrs']) query.delete(name)
  const rest = `postgresql://${login === undefined ? '' : `${login}@`}localhost${path}`
  if (!URL.canParse(rest)) throw mustStart()
  return { servers, target, url: query.size === 0 ? rest : `${rest}?${query.toString()}` }
}

export function nameOf({ host, port }: DatabaseServer): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function mustStart(): DatabaseUrlError {
  return new DatabaseUrlError('must be a URL that starts with postgres:// or postgresql://')
}

/** As in libpq, the parameters come before the authority. One port may stand for all hosts. */
function serversOf(authority: string, query: URLSearchParams): DatabaseServer[] {
  const named = authority.split(',').map(hostAndPort)
  const hosts = query.get('host')?.split(',') ?? named.map(({ host }) => host)
  const ports = query.get('port')?.split(',') ?? named.map(({ port }) => port)
  if (ports.length !== 1 && ports.length !== hosts.length) {
    throw new DatabaseUrlError('must have one port, or as many as hosts')
  }
  if (hosts.length > 1 && hosts.includes('')) throw new DatabaseUrlError('must name a host between its commas')
  return hosts.map((host, index) => ({
    host: host === '' ? 'localhost' : host,
    port: portOf(ports.length === 1 ? ports[0] : ports[index]),
  }))
}

function hostAndPort(text: string): { host: string; port: string } {
  const [matched, ipv6, name = '', port = ''] = /^(?:\[([0-9a-f:.%]+)\]|([^:[\]]*))(?::(.*))?$/i.exec(text) ?? []
  if (matched === undefined) throw mustStart()
  try {
    return { host: ipv6 ?? decodeURIComponent(name), port }
  } catch {
    throw mustStart()
  }
}

function portOf(text = ''): number {
  if (text === '') return DEFAULT_PORT
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65_535) throw new DatabaseUrlError('must have ports from 1 to 65535')
  return port
}

function targetOf(text: string): Target {
  const target = TARGETS.find((one) => one === text)
  if (target !== undefined) return target
  throw new DatabaseUrlError(`must have no target_session_attrs but ${TARGETS.slice(0, -1).join(', ')} and primary`)
}
