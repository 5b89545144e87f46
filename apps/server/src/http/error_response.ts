import { apiErrors, publicError, ApiError, type FieldError, type ErrorCode } from '@taskwire/api'
import type { FastifyReply } from 'fastify'

/** The body of every answer that is an error, on every path. */
export interface ErrorBody {
  readonly detail: string | readonly FieldError[]
  readonly code: ErrorCode
  readonly request_id: string
}

/** Where a field of an operation's input stands in the request: `['query', 'limit']`. */
export type Locate = (loc: FieldError['loc']) => FieldError['loc']

/** Answers with the refusal that an error is. */
export function sendError(reply: FastifyReply, error: unknown, locate?: Locate): FastifyReply {
  const refusal = refusalOf(error)
  for (const [name, value] of Object.entries(errorHeaders(refusal))) reply.header(name, value)
  return reply.code(refusal.status).send(errorBody(refusal, reply.request.id, locate))
}

export function errorBody({ reason, message, details }: ApiError, request_id: string, locate?: Locate): ErrorBody {
  const { fields, retry_after: _, ...rest } = details
  const located = locate === undefined ? fields : fields?.map((field) => ({ ...field, loc: locate(field.loc) }))
  return { detail: located ?? message, code: reason, request_id, ...rest }
}

export function errorHeaders({ reason, status, details }: ApiError): Record<string, string> {
  if (status === 401) return { 'www-authenticate': 'Bearer' }
  const { retry, about } = apiErrors[reason]
  const wait = details.retry_after ?? (about === 'server' && retry !== 'never' ? 1 : undefined)
  return wait === undefined ? {} : { 'retry-after': String(Math.ceil(wait)) }
}

/** What Fastify refuses by itself, and what may be thrown at it, in our words. */
export function refusalOf(error: unknown): ApiError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const reason = typeof code === 'string' ? reasonsOfFastify[code] : undefined
  if (reason === 'validation_failed') return new ApiError(reason, { fields: [badEscape] }, error)
  return reason === undefined ? publicError(error) : new ApiError(reason, {}, error)
}

const badEscape: FieldError = { type: 'invalid_escape', loc: ['path'], msg: 'The path holds a bad percent escape' }

const reasonsOfFastify: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_BAD_URL: 'validation_failed',
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
  FST_ERR_NOT_FOUND: 'not_found',
  FST_STATIC_FORBIDDEN_PATH: 'not_found',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed_json',
  ECONNRESET: 'malformed_json',
  ECONNABORTED: 'malformed_json',
}
