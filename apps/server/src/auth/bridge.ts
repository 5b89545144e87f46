import { publicError, rateLimit, ApiError } from '@taskwire/api'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { TaskwireAuth } from './better_auth.ts'
import { rateLimitHeaders } from '../http/rate_limit_headers.ts'
import { countedAddress } from './client_address.ts'
import { throwDatabaseFailure } from './database_failures.ts'
import { checkedJson } from './sign_in_body.ts'
import { sendResponse, webRequest } from './sign_in_exchange.ts'

export interface BridgeOptions {
  /** Opens Better Auth, at the first request; retried until it succeeds. */
  readonly open: () => Promise<TaskwireAuth>
  /** Our public origin, never derived from a Host header. */
  readonly origin: string
  /** Requests to LIMITED routes per minute and client address. */
  readonly limit: number
  /** Called after keys, sessions or users may have changed. */
  readonly changed: () => void
}

const BODY_LIMIT = 64 * 1024

/** The routes that create accounts, and those on which passwords and secret links could be guessed. */
const LIMITED =
  /^\/api\/auth\/(sign-(in|up)|(verify|change|reset)-password|request-password-reset|change-email|delete-user|send-verification-email|verify-email)(\/|$)/

/** The routes that end keys, sessions or accounts. */
const REVOKING = /^\/api\/auth\/(api-key|delete-user|sign-out|revoke-|change-password|reset-password)/

/** Better Auth at `/api/auth/*`, with the server's own limits, error bodies and client addresses. */
export function signInBridge({ open, origin, limit, changed }: BridgeOptions): FastifyPluginAsync {
  const attempts = rateLimit({ limit })
  let opened: Promise<TaskwireAuth> | undefined

  function betterAuth(): Promise<TaskwireAuth> {
    opened ??= open().catch((error: unknown) => {
      opened = undefined
      throw publicError(error)
    })
    return opened
  }

  function countAttempt(request: FastifyRequest, reply: FastifyReply): void {
    const allowance = attempts.take(countedAddress(request.ip))
    reply.headers(rateLimitHeaders('sign-in', allowance))
    if (!allowance.allowed) throw new ApiError('rate_limited', { retry_after: allowance.reset })
  }

  async function handle(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    // Limits, Better Auth and everything below use this one URL.
    const url = new URL(request.url, origin)
    const isWrite = request.method === 'POST'
    if (isWrite && LIMITED.test(url.pathname)) countAttempt(request, reply)
    const auth = await betterAuth()
    const response = await throwDatabaseFailure(() => auth.handler(webRequest(request, url))).catch(
      (error: unknown) => {
        throw publicError(error)
      },
    )
    if (isWrite && REVOKING.test(url.pathname)) changed()
    // Responses contain tokens and personal data; only the public keys may be cached.
    if (url.pathname !== '/api/auth/jwks') reply.header('cache-control', 'no-store')
    return sendResponse(response, reply)
  }

  return async (app) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_LIMIT }, (request, body, done) => {
      try {
        done(null, checkedJson(String(body), request.headers['content-type']))
      } catch (error) {
        done(publicError(error))
      }
    })
    app.route({ method: ['GET', 'POST'], url: '/api/auth/*', handler: handle })
  }
}
