import type { Env } from '../../config/env.ts'

/** Whether a page of this origin may call: ours, the configured ones, and those of this machine. */
export type IsAllowedOrigin = (origin: string) => boolean

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Against DNS rebinding (MCP 2025-11-25, Streamable HTTP, "Security Warning"): a page whose name was made to resolve to
 * this machine still sends its own name as origin.
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
