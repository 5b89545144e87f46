import type { Env } from '../../config/env.ts'

/** Whether pages of an origin may call: ours, the configured ones, and those of this machine. */
export type IsAllowedOrigin = (origin: string) => boolean

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Protects against DNS rebinding (MCP 2025-11-25, Streamable HTTP, "Security Warning"): a page whose host name resolves
 * to this machine still sends that name as its origin.
 */
export function allowedOrigins({
  BETTER_AUTH_URL,
  CORS_ORIGINS,
}: Pick<Env, 'BETTER_AUTH_URL' | 'CORS_ORIGINS'>): IsAllowedOrigin {
  const exact = new Set([new URL(BETTER_AUTH_URL).origin, ...CORS_ORIGINS])
  return (origin) => exact.has(origin) || isLoopbackOrigin(origin)
}

function isLoopbackOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false
  const { protocol, hostname } = new URL(origin)
  return /^https?:$/.test(protocol) && LOOPBACK.has(hostname)
}
