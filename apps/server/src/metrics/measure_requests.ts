import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isSignIn } from '../http/request_log.ts'
import type { Metrics, SignInResult } from './metrics.ts'

/** Adds each response to the metrics. Streams of events count when they end. */
export function measureRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', (request, reply, next) => {
    metrics.observeRequest({
      route: routeLabel(request),
      method: methodLabel(request),
      status: reply.statusCode,
      transport: transportOf(request),
      seconds: reply.elapsedTime / 1000,
    })
    if (isSignIn(request)) metrics.countSignIn(signInResult(reply))
    next()
  })
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** A client may send any name. */
export function methodLabel({ method }: FastifyRequest): string {
  return METHODS.has(method) ? method : 'other'
}

/** The route's pattern. Of tRPC the procedure, where one was called; a batch has any number of them. */
export function routeLabel({ routeOptions: { url }, record }: FastifyRequest): string {
  if (url === undefined) return 'unknown'
  if (!url.startsWith('/trpc/')) return url
  const [operation, ...others] = record?.operations ?? []
  if (operation === undefined) return 'unknown'
  return others.length > 0 ? '/trpc/batch' : `/trpc/${operation}`
}

function transportOf({ routeOptions: { url = '' } }: FastifyRequest): string {
  if (url.startsWith('/trpc/')) return 'trpc'
  if (url.startsWith('/mcp')) return 'mcp'
  if (url.startsWith('/api/auth')) return 'auth'
  return url.startsWith('/api/') || url === '/auth/me' ? 'rest' : 'other'
}

function signInResult({ statusCode }: FastifyReply): SignInResult {
  if (statusCode < 400) return 'succeeded'
  if (statusCode === 401) return 'failed'
  return statusCode === 429 ? 'limited' : 'error'
}
