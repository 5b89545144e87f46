import { apiErrors, publicError, ApiError, type FieldError, type ErrorCode } from '@taskwire/api'
import type { FastifyReply } from 'fastify'

/** The body of every error response, on every path. */
export interface ErrorBody {
  readonly detail: string | readonly FieldError[]
  readonly code: ErrorCode
  readonly request_id: string
}

/** Translates the location of an input's field to its location in the request, such as `['query', 'limit']`. */
export type Locate = (loc: FieldError['loc']) => FieldError['loc']

/** Responds with an error; `locate` tells where in the request the invalid fields are. */
export function sendError(reply: FastifyReply, error: unknown, locate?: Locate): FastifyReply {
  const apiError = toApiError(error)
  const { record } = reply.request
  if (record !== undefined) record.code = apiError.reason
  for (const [name, value] of Object.entries(errorHeaders(apiError))) reply.header(name, value)
  return reply.code(apiError.status).send(errorBody(apiError, reply.request.id, locate))
}

export function errorBody({ reason, message, details }: ApiError, request_id: string, locate?: Locate): ErrorBody {
  const { fields, retry_after: _, ...rest } = details
  const located = locate === undefined ? fields : fields?.map((field) => ({ ...field, loc: locate(field.loc) }))
  return { detail: located ?? message, code: reason, request_id, ...rest }
}

export function errorHeaders({ reason, status, details }: ApiError): Record<string, string> {
  if (status === 401) return { 'www-authenticate': 'Bearer' }
  // RFC 6750, 3.1: it tells an OAuth client which scope to ask for.
  const scope = details.required_scope
  if (scope !== undefined) return { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scope}"` }
  const { retry, about } = apiErrors[reason]
  const wait = details.retry_after ?? (about === 'server' && retry !== 'never' ? 1 : undefined)
  return wait === undefined ? {} : { 'retry-after': String(Math.ceil(wait)) }
}

/** The public error for anything that was thrown, including Fastify's own errors. */
export function toApiError(error: unknown): ApiError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const reason = typeof code === 'string' ? codesOfFastifyErrors[code] : undefined
  if (reason === 'validation_failed') return new ApiError(reason, { fields: [invalidEscape] }, error)
  return reason === undefined ? publicError(error) : new ApiError(reason, {}, error)
}

const invalidEscape: FieldError = {
  type: 'invalid_escape',
  loc: ['path'],
  msg: 'The path contains an invalid percent escape',
}

const codesOfFastifyErrors: Readonly<Record<string, ErrorCode>> = {
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
