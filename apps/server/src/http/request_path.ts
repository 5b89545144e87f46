import type { IncomingMessage } from 'node:http'

const ABSOLUTE = /^https?:\/\/[^/?#\\]*/i
/** What URL parsers take for `.` or `..` (https://url.spec.whatwg.org/#double-dot-path-segment). */
const DOT_SEGMENT = /^(\.|%2e){1,2}$/i

/** The target that is routed: path and query, also of a target in absolute form (RFC 9112, 3.2.2). */
export function requestTarget({ url = '/' }: Pick<IncomingMessage, 'url'>): string {
  if (url.startsWith('/')) return url
  const authority = ABSOLUTE.exec(url)?.[0]
  if (authority === undefined) return url
  const path = url.slice(authority.length)
  return path.startsWith('/') ? path : `/${path}`
}

/**
 * Whether a URL parser would leave the path of a target as it is. Requests with another path are refused, so that the
 * router, the limits and Better Auth, which parses URLs by itself, all see the same path.
 */
export function isNormalizedPath(target: string): boolean {
  // Nearly every target has neither a dot nor a backslash.
  if (!/[.\\]|%2e/i.test(target)) return true
  const path = target.split(/[?#]/, 1)[0] ?? ''
  return !path.includes('\\') && !path.split('/').some((segment) => DOT_SEGMENT.test(segment))
}
