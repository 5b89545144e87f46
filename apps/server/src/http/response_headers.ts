import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Env } from '../config/env.ts'

/** Puts the headers that every answer has onto a reply. */
export type SetHeaders = (request: FastifyRequest, reply: FastifyReply) => void

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'
const EXPOSED = 'ETag, Link, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id'

// Nothing inline but styles: Swagger UI and component libraries set those from script.
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

/** The request's id, what browsers must know for safety, and which origins may read the answer (exact, with credentials). */
export function responseHeaders({ CORS_ORIGINS, BETTER_AUTH_URL }: Env): SetHeaders {
  const origins = new Set(CORS_ORIGINS)
  const always = {
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-cache',
    vary: 'origin',
    ...(BETTER_AUTH_URL.startsWith('https:') ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  }
  // Data needs little of what pages need, and every byte of a header is sent with every answer.
  const ofData = { ...always, 'content-security-policy': "default-src 'none'; frame-ancestors 'none'" }
  const ofPages = {
    ...always,
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'cross-origin-opener-policy': 'same-origin',
  }
  return ({ id, headers, url }, reply) => {
    reply.headers(url.startsWith('/api/') || url.startsWith('/trpc/') ? ofData : ofPages)
    reply.header('x-request-id', id)
    const { origin } = headers
    if (origin === undefined || !origins.has(origin)) return
    reply.header('access-control-allow-origin', origin)
    reply.header('access-control-allow-credentials', 'true')
    reply.header('access-control-expose-headers', EXPOSED)
    const wanted = headers['access-control-request-headers']
    if (headers['access-control-request-method'] === undefined) return
    reply.header('access-control-allow-methods', METHODS)
    if (wanted !== undefined) reply.header('access-control-allow-headers', wanted)
    reply.header('access-control-max-age', '600')
  }
}

/** Whether a browser asks before it sends the request that it wants to send. */
export function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined
}
