import { ApiError, type ErrorCode } from '@taskwire/api'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { CLIENT_ADDRESS } from './client_address.ts'
import { isForm } from './sign_in_body.ts'

const OF_CLIENTS = /^\/api\/auth\/oauth2\/(register|token|revoke)$/
const OF_BROWSERS = ['origin', 'referer', 'cookie', 'sec-fetch-site', 'sec-fetch-mode', 'sec-fetch-dest']
const NOT_FORWARDED = /^(host|connection|content-length|transfer-encoding|forwarded|x-forwarded-.*|x-real-ip|:.*)$/

/** The request as Better Auth expects it, with this URL, this body and the client's real address. */
export function webRequest(request: FastifyRequest, url: URL, sent: unknown = request.body): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || NOT_FORWARDED.test(name)) continue
    for (const one of [value].flat()) headers.append(name, one)
  }
  headers.set(CLIENT_ADDRESS, request.ip)
  // Clients, not users, call these, from wherever they run: neither a session nor an origin may count.
  if (OF_CLIENTS.test(url.pathname)) for (const name of OF_BROWSERS) headers.delete(name)
  // Better Auth rejects Node's fetch as a browser that hides its origin. A client without these headers is no browser.
  const isBrowser = ['origin', 'referer', 'cookie', 'sec-fetch-site'].some((name) => headers.has(name))
  if (!isBrowser) headers.set('origin', url.origin)
  const body = typeof sent === 'string' && sent !== '' ? sent : null
  if (body !== null && !isForm(request.headers['content-type'])) headers.set('content-type', 'application/json')
  return new Request(url, { method: request.method, headers, body })
}

/** Sends Better Auth's response; an error is extended by the fields of our errors. */
export async function sendResponse(response: Response, reply: FastifyReply): Promise<FastifyReply> {
  const text = await response.text()
  const body = response.status < 400 ? text : errorBody(response, text, reply.request.id)
  for (const [name, value] of response.headers) {
    if (name === 'set-cookie' || name === 'content-length') continue
    const ours = name === 'access-control-expose-headers' ? reply.getHeader(name) : undefined
    reply.header(name, ours === undefined ? value : `${String(ours)}, ${value}`)
  }
  for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie)
  return reply.status(response.status).send(body)
}

const CODES: Partial<Record<number, ErrorCode>> = {
  401: 'not_authenticated',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  429: 'rate_limited',
}

/** Better Auth's own error, whose `code` and `message` its clients read, extended by the fields of our errors. */
function errorBody(response: Response, text: string, request_id: string): string {
  if (response.status >= 500) throw new ApiError('internal_error')
  const isJson = text !== '' && /json/.test(response.headers.get('content-type') ?? '')
  const body: unknown = isJson ? JSON.parse(text) : undefined
  const { code, message, error, error_description } = { ...NO_ERROR, ...Object(body) }
  if (typeof error === 'string')
    return JSON.stringify({ ...oauthError(error, error_description), request_id, code: codeOf(response) })
  if (typeof code !== 'string') throw new ApiError(codeOf(response))
  return JSON.stringify({ ...Object(body), detail: typeof message === 'string' ? message : code, request_id })
}

const NO_ERROR = { code: undefined, message: undefined, error: undefined, error_description: undefined }

function codeOf({ status }: Response): ErrorCode {
  return CODES[status] ?? 'validation_failed'
}

/** The error that an OAuth client reads (RFC 6749, 5.2), as `detail` too. */
function oauthError(error: string, description: unknown) {
  if (typeof description !== 'string') return { error, detail: error }
  return { error, error_description: description, detail: description }
}
