import { TRPCError } from '@trpc/server'
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc'

/** One rule that an input broke: where (`loc` ends in the field's name) and how. */
export interface FieldError {
  readonly type: string
  readonly loc: readonly (string | number)[]
  readonly msg: string
  readonly input?: unknown
}

/** What a refusal may tell besides its reason. All of it is public. */
export interface ErrorDetails {
  /** Seconds after which a repeat may succeed. */
  readonly retry_after?: number
  readonly fields?: readonly FieldError[]
  /** With `version_mismatch`: the task as it is now. */
  readonly current?: unknown
  readonly conversation_id?: number
  /** What an assistant had already done when it failed. */
  readonly tool_calls?: readonly unknown[]
}

interface Answer {
  readonly code: TRPC_ERROR_CODE_KEY
  readonly status: number
  readonly detail: string
}

const unauthorized: Answer = { code: 'UNAUTHORIZED', status: 401, detail: 'Invalid token' }

/**
 * The closed table of everything that can be refused: the public reason, its code on tRPC, and its status and text on
 * REST. Callers branch on the reason; nothing else decides how a failure looks from outside.
 */
export const apiErrors = {
  not_authenticated: { ...unauthorized, detail: 'Not authenticated' },
  token_malformed: unauthorized,
  token_expired: unauthorized,
  token_not_yet_valid: unauthorized,
  token_signature_invalid: unauthorized,
  token_algorithm: unauthorized,
  token_issuer_mismatch: unauthorized,
  token_audience_mismatch: unauthorized,
  token_subject_invalid: unauthorized,
  token_expiry_missing: unauthorized,
  token_key_unknown: unauthorized,
  session_token: unauthorized,
  api_key_invalid: unauthorized,
  api_key_expired: unauthorized,
  user_mismatch: { code: 'FORBIDDEN', status: 403, detail: 'Forbidden: User ID mismatch' },
  scope_insufficient: { code: 'FORBIDDEN', status: 403, detail: 'Forbidden: read-only key' },
  task_not_found: { code: 'NOT_FOUND', status: 404, detail: 'Task not found' },
  conversation_not_found: { code: 'NOT_FOUND', status: 404, detail: 'Conversation not found' },
  change_not_found: { code: 'NOT_FOUND', status: 404, detail: 'Change not found' },
  not_found: { code: 'NOT_FOUND', status: 404, detail: 'Not Found' },
  method_not_allowed: { code: 'METHOD_NOT_SUPPORTED', status: 405, detail: 'Method Not Allowed' },
  malformed_json: { code: 'PARSE_ERROR', status: 422, detail: 'The body is not valid JSON' },
  payload_too_large: { code: 'PAYLOAD_TOO_LARGE', status: 413, detail: 'The body is too large' },
  headers_too_large: { code: 'BAD_REQUEST', status: 431, detail: 'The headers are too large' },
  unsupported_media_type: {
    code: 'UNSUPPORTED_MEDIA_TYPE',
    status: 415,
    detail: 'The body must be JSON (Content-Type: application/json)',
  },
  validation_failed: { code: 'BAD_REQUEST', status: 422, detail: 'The input is not valid' },
  version_mismatch: {
    code: 'PRECONDITION_FAILED',
    status: 412,
    detail: 'The task has changed since the version you named',
  },
  idempotency_key_reused: {
    code: 'UNPROCESSABLE_CONTENT',
    status: 422,
    detail: 'This idempotency key was used with another request',
  },
  in_progress: { code: 'CONFLICT', status: 409, detail: 'This request is still in progress' },
  conversation_busy: {
    code: 'CONFLICT',
    status: 409,
    detail: 'Another message of this conversation is being answered',
  },
  undo_conflict: { code: 'CONFLICT', status: 409, detail: 'The task has changed since, so this cannot be undone' },
  changes_expired: {
    code: 'NOT_FOUND',
    status: 410,
    detail: 'The log does not hold these changes: read the list again and follow from the current seq',
  },
  rate_limited: { code: 'TOO_MANY_REQUESTS', status: 429, detail: 'Too many requests' },
  overloaded: { code: 'SERVICE_UNAVAILABLE', status: 503, detail: 'The server is overloaded' },
  database_unavailable: { code: 'SERVICE_UNAVAILABLE', status: 503, detail: 'The database does not answer' },
  model_unavailable: { code: 'SERVICE_UNAVAILABLE', status: 503, detail: 'The model does not answer' },
  model_timeout: { code: 'GATEWAY_TIMEOUT', status: 504, detail: 'The model took too long' },
  internal_error: { code: 'INTERNAL_SERVER_ERROR', status: 500, detail: 'Internal server error' },
} as const satisfies Record<string, Answer>

export type ErrorCode = keyof typeof apiErrors

/** A failure that its caller may see. Everything else that is thrown is published as `internal_error`. */
export class ApiError extends TRPCError {
  readonly reason: ErrorCode
  readonly details: ErrorDetails

  constructor(reason: ErrorCode, details: ErrorDetails = {}, cause?: unknown) {
    super({ code: apiErrors[reason].code, message: apiErrors[reason].detail, cause })
    this.name = 'ApiError'
    this.reason = reason
    this.details = details
  }

  get status(): number {
    return apiErrors[this.reason].status
  }
}
