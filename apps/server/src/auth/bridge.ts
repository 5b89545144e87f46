import { publicError, rateLimit, ApiError, type ErrorCode } from '@taskwire/api'
import type { Db } from '@taskwire/db'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { TaskwireAuth } from './better_auth.ts'
import { isJson, parseJson } from '../http/json_body.ts'
import { CLIENT_ADDRESS, countedAddress } from './client_address.ts'
import { rateLimitHeaders } from '../http/rate_limit_headers.ts'

export interface BridgeOptions {
  /** Opens Better Auth, at the first request; retried until it succeeds. */
  readonly open: () => Promise<TaskwireAuth>
  readonly db: Db
  /** Our public origin, never derived from a Host header. */
  readonly origin: string
  /** Sign-ins and sign-ups per minute and client address. */
  readonly limit: number
  /** Called after keys or users may have changed. */
  readonly changed: () => void
}

const BODY_LIMIT = 64 * 1024

/** Better Auth at `/api/auth/*`, with the server's own limits, error bodies and client addresses. */
export function signInBridge({ open, db, origin, limit, changed }: BridgeOptions): FastifyPluginAsync {
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
    if (request.method !== 'POST' || !/^\/api\/auth\/sign-(in|up)(\/|$)/.test(pathOf(request))) return
    const allowance = attempts.take(countedAddress(request.ip))
    reply.headers(rateLimitHeaders('sign-in', allowance))
    if (!allowance.allowed) throw new ApiError('rate_limited', { retry_after: allowance.reset })
  }

  async function handle(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    countAttempt(request, reply)
    const auth = await betterAuth()
    const response = await auth.handler(webRequest(request, origin)).catch((error: unknown) => {
      throw publicError(error)
    })
    if (request.method === 'POST' && /\/(api-key|delete-user)/.test(pathOf(request))) changed()
    const body = response.ok ? await response.text() : await errorBody(response, { request, db })
    // Responses contain tokens and personal data; only the public keys may be cached.
    if (pathOf(request) !== '/api/auth/jwks') reply.header('cache-control', 'no-store')
    copyHeaders(response, reply)
    return reply.status(response.status).send(body)
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

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? ''
}

/** Returns the text if it is JSON whose strings PostgreSQL can store; throws otherwise. */
function checkedJson(text: string, contentType: string | undefined): string {
  if (text === '') return text
  if (!isJson(contentType)) throw new ApiError('unsupported_media_type')
  assertStorable(parseJson(text))
  return text
}

function assertStorable(value: unknown): void {
  if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed())) {
    const msg = 'Text must not contain NUL or lone surrogates'
    throw new ApiError('validation_failed', { fields: [{ type: 'invalid_string', loc: ['body'], msg }] })
  }
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) assertStorable(part)
}

const NOT_FORWARDED = /^(host|connection|content-length|transfer-encoding|forwarded|x-forwarded-.*|x-real-ip|:.*)$/

function webRequest(request: FastifyRequest, origin: string): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || NOT_FORWARDED.test(name)) continue
    for (const one of [value].flat()) headers.append(name, one)
  }
  headers.set(CLIENT_ADDRESS, request.ip)
  // Better Auth rejects Node's fetch as a browser that hides its origin. A client without these headers is no browser.
  const isBrowser = ['origin', 'referer', 'cookie', 'sec-fetch-site'].some((name) => headers.has(name))
  if (!isBrowser) headers.set('origin', origin)
  const body = typeof request.body === 'string' && request.body !== '' ? request.body : null
  if (body !== null) headers.set('content-type', 'application/json')
  return new Request(new URL(request.url, origin), { method: request.method, headers, body })
}

function copyHeaders(response: Response, reply: FastifyReply): void {
  for (const [name, value] of response.headers) {
    if (name === 'set-cookie' || name === 'content-length') continue
    const ours = name === 'access-control-expose-headers' ? reply.getHeader(name) : undefined
    reply.header(name, ours === undefined ? value : `${String(ours)}, ${value}`)
  }
  for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie)
}

const CODES: Partial<Record<number, ErrorCode>> = {
  401: 'not_authenticated',
  404: 'not_found',
  405: 'method_not_allowed',
  415: 'unsupported_media_type',
  429: 'rate_limited',
}

/** Better Auth's own error, whose `code` and `message` its clients read, extended by the fields of our errors. */
async function errorBody(response: Response, { request, db }: { request: FastifyRequest; db: Db }): Promise<string> {
  const text = await response.text()
  const body: unknown = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined
  const { code, message } = { code: undefined, message: undefined, ...Object(body) }
  if (response.status >= 500 || response.status === 401 || String(code).startsWith('FAILED_TO')) {
    // Better Auth treats a session that it could not read as absent, so check whether the database is the cause.
    await db.$queryRaw`SELECT 1`.catch((error: unknown) => {
      throw publicError(error)
    })
  }
  if (response.status >= 500) throw new ApiError('internal_error')
  if (response.status >= 300 && response.status < 400) return text
  if (typeof code !== 'string') throw new ApiError(CODES[response.status] ?? 'validation_failed')
  return JSON.stringify({
    ...Object(body),
    detail: typeof message === 'string' ? message : code,
    request_id: request.id,
  })
}
