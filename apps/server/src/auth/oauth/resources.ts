import { isLoopback } from '../../config/env.ts'

/** The server's URL, and on a loopback host its other usual name. */
export function serverUrls(url: string): string[] {
  const { protocol, hostname, port, origin } = new URL(url)
  if (!isLoopback(hostname.replace(/^\[|\]$/g, ''))) return [url]
  const path = url.slice(origin.length)
  const names = ['localhost', '127.0.0.1'].map((name) => `${protocol}//${name}${port === '' ? '' : `:${port}`}${path}`)
  return [...new Set([url, ...names])]
}

/** What a client can name as the `resource` of its access token (RFC 8707). Each opens the whole server. */
export function resourceIdentifiers(url: string): string[] {
  // URL libraries write the root with a slash.
  return serverUrls(url).flatMap((one) => [`${one}/mcp`, one, `${one}/`])
}
