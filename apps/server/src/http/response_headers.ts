import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Env } from '../config/env.ts'

/** What OAuth clients in any page may call: no answer depends on a cookie. */
const FOR_ANY_ORIGIN = /^\/(\.well-known\/oauth-|api\/auth\/oauth2\/(register|token|revoke)([/?#]|$))/

/** Sets the headers that every response has. */
export type SetHeaders = (request: FastifyRequest, reply: FastifyReply) => void

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'
const EXPOSED = 'ETag, Link, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id'

// Inline styles are allowed because Swagger UI and component libraries set them from scripts.
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * The request id, the security headers for browsers, and CORS for the configured origins (exact, with credentials). Why
 * these are not @fastify/cors and @fastify/helmet: decision 016.
 */
export function responseHeaders({ CORS_ORIGINS, BETTER_AUTH_URL }: Env): SetHeaders {
  const origins = new Set(CORS_ORIGINS)
  const always = {
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-cache',
    vary: 'origin',
    ...(BETTER_AUTH_URL.startsWith('https:') ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  }
  // Data needs fewer headers than pages, and every byte is sent with every response.
  const dataHeaders = { ...always, 'content-security-policy': "default-src 'none'; frame-ancestors 'none'" }
  const pageHeaders = {
    ...always,
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'cross-origin-opener-policy': 'same-origin',
  }
  return ({ id, headers, url }, reply) => {
    reply.headers(url.startsWith('/api/') || url.startsWith('/trpc/') ? dataHeaders : pageHeaders)
    reply.header('x-request-id', id)
    const { origin } = headers
    if (origin === undefined) return
    const isOurs = origins.has(origin)
    if (!isOurs && !FOR_ANY_ORIGIN.test(url)) return
    reply.header('access-control-allow-origin', isOurs ? origin : '*')
    if (isOurs) reply.header('access-control-allow-credentials', 'true')
    reply.header('access-control-expose-headers', EXPOSED)
    const requested = headers['access-control-request-headers']
    if (headers['access-control-request-method'] === undefined) return
    reply.header('access-control-allow-methods', METHODS)
    if (requested !== undefined) reply.header('access-control-allow-headers', requested)
    reply.header('access-control-max-age', '600')
  }
}

/** Whether this is a CORS preflight: a browser's question whether it may send a request. */
export function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined
}
