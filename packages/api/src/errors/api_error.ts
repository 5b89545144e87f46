import { TRPCError } from '@trpc/server'
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc'

/** One rule that an input violates: where (`loc` ends in the field's name) and how. */
export interface FieldError {
  readonly type: string
  readonly loc: readonly (string | number)[]
  readonly msg: string
}

/** The details that an error may carry besides its code. All of them are public. */
export interface ErrorDetails {
  /** Seconds after which a repeat may succeed. */
  readonly retry_after?: number
  readonly fields?: readonly FieldError[]
  /** With `version_mismatch`: the task as it is now. */
  readonly current?: unknown
  /** In a batch: the place of the operation that was refused. */
  readonly index?: number
  readonly conversation_id?: number
  /** With `scope_insufficient`: the scope that the access token of an OAuth client lacks. */
  readonly required_scope?: 'tasks:read' | 'tasks:write'
  /** What an assistant had done before it failed. */
  readonly tool_calls?: readonly unknown[]
}

/**
 * Whether repeating a failed call can help.
 * - `safe`: yes. Repeat the same call, with its idempotency key if it writes, with backoff and not before `Retry-After`.
 * - `later`: only when something else has changed: wait for `Retry-After` where there is one, else ask the user.
 * - `never`: no. The same call fails again.
 */
export type ErrorRetry = 'safe' | 'later' | 'never'

/**
 * What has to change before a call succeeds: the caller's token, the request itself (`input`), what is stored (`state`)
 * or something that the caller has no part in (`server`).
 */
export type ErrorSubject = 'token' | 'input' | 'state' | 'server'

interface ErrorDefinition {
  /** The code on tRPC. */
  readonly code: TRPC_ERROR_CODE_KEY
  readonly status: number
  readonly detail: string
  readonly retry: ErrorRetry
  readonly about: ErrorSubject
}

const invalidToken = {
  code: 'UNAUTHORIZED',
  status: 401,
  detail: 'Invalid token',
  retry: 'never',
  about: 'token',
} as const satisfies ErrorDefinition
const inputError = { retry: 'never', about: 'input' } as const
const stateError = { retry: 'never', about: 'state' } as const
const temporarilyUnavailable = { code: 'SERVICE_UNAVAILABLE', status: 503, retry: 'safe', about: 'server' } as const

/**
 * The closed table of errors: for each public code its tRPC code, its HTTP status and text, whether a repeat can help
 * and what the error is about. Nothing else decides how an error looks from outside, or how to react to it.
 */
export const apiErrors = {
  not_authenticated: { ...invalidToken, detail: 'Not authenticated' },
  token_malformed: invalidToken,
  token_expired: invalidToken,
  token_not_yet_valid: { ...invalidToken, retry: 'later' },
  token_signature_invalid: invalidToken,
  token_algorithm: invalidToken,
  token_issuer_mismatch: invalidToken,
  token_audience_mismatch: invalidToken,
  token_subject_invalid: invalidToken,
  token_expiry_missing: invalidToken,
  token_key_unknown: invalidToken,
  session_token: invalidToken,
  api_key_invalid: invalidToken,
  api_key_expired: invalidToken,
  user_mismatch: { ...inputError, code: 'FORBIDDEN', status: 403, detail: 'Forbidden: User ID mismatch' },
  scope_insufficient: {
    code: 'FORBIDDEN',
    status: 403,
    detail: 'Forbidden: read-only key',
    retry: 'never',
    about: 'token',
  },
  task_not_found: { ...stateError, code: 'NOT_FOUND', status: 404, detail: 'Task not found' },
  conversation_not_found: { ...stateError, code: 'NOT_FOUND', status: 404, detail: 'Conversation not found' },
  item_not_found: { ...stateError, code: 'NOT_FOUND', status: 404, detail: 'Item not found' },
  webhook_not_found: { ...stateError, code: 'NOT_FOUND', status: 404, detail: 'Webhook not found' },
  change_not_found: { ...stateError, code: 'NOT_FOUND', status: 404, detail: 'Change not found' },
  not_found: { ...inputError, code: 'NOT_FOUND', status: 404, detail: 'Not Found' },
  method_not_allowed: { ...inputError, code: 'METHOD_NOT_SUPPORTED', status: 405, detail: 'Method Not Allowed' },
  malformed_json: { ...inputError, code: 'PARSE_ERROR', status: 422, detail: 'The body is not valid JSON' },
  payload_too_large: { ...inputError, code: 'PAYLOAD_TOO_LARGE', status: 413, detail: 'The body is too large' },
  headers_too_large: { ...inputError, code: 'BAD_REQUEST', status: 431, detail: 'The headers are too large' },
  unsupported_media_type: {
    ...inputError,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    status: 415,
    detail: 'The body must be JSON (Content-Type: application/json)',
  },
  validation_failed: { ...inputError, code: 'BAD_REQUEST', status: 422, detail: 'The input is not valid' },
  webhook_url_refused: {
    ...inputError,
    code: 'UNPROCESSABLE_CONTENT',
    status: 422,
    detail: 'Webhooks cannot be sent to this URL: it must be http or https, and its address public',
  },
  version_mismatch: {
    ...stateError,
    code: 'PRECONDITION_FAILED',
    status: 412,
    detail: 'The task has changed since the version you named',
  },
  idempotency_key_reused: {
    ...inputError,
    code: 'UNPROCESSABLE_CONTENT',
    status: 422,
    detail: 'This idempotency key was used with another request',
  },
  in_progress: {
    code: 'CONFLICT',
    status: 409,
    detail: 'This request is still in progress',
    retry: 'safe',
    about: 'state',
  },
  conversation_busy: {
    code: 'CONFLICT',
    status: 409,
    detail: 'Another message of this conversation is being answered',
    retry: 'later',
    about: 'state',
  },
  undo_conflict: {
    ...stateError,
    code: 'CONFLICT',
    status: 409,
    detail: 'The task has changed since, so this cannot be undone',
  },
  recurrence_ended: {
    ...stateError,
    code: 'CONFLICT',
    status: 409,
    detail: 'The recurrence has ended: there is no next day',
  },
  changes_expired: {
    ...stateError,
    code: 'NOT_FOUND',
    status: 410,
    detail: 'The log does not hold these changes: read the list again and follow from the current seq',
  },
  import_unreadable: { ...inputError, code: 'UNPROCESSABLE_CONTENT', status: 422, detail: 'This file cannot be read' },
  rate_limited: {
    code: 'TOO_MANY_REQUESTS',
    status: 429,
    detail: 'Too many requests',
    retry: 'later',
    about: 'server',
  },
  overloaded: { ...temporarilyUnavailable, detail: 'The server is overloaded' },
  database_unavailable: { ...temporarilyUnavailable, detail: 'The database does not answer' },
  model_unavailable: { ...temporarilyUnavailable, detail: 'The model does not answer', retry: 'later' },
  model_rate_limited: { ...temporarilyUnavailable, detail: 'The model is used too much at the moment', retry: 'later' },
  model_misconfigured: {
    ...temporarilyUnavailable,
    detail: 'The model cannot be used: its key, its name or its quota has to be corrected on the server',
    retry: 'never',
  },
  conversation_too_long: {
    ...inputError,
    code: 'UNPROCESSABLE_CONTENT',
    status: 422,
    detail: 'The conversation is too long for the model: start a new one',
  },
  model_timeout: {
    code: 'GATEWAY_TIMEOUT',
    status: 504,
    detail: 'The model took too long',
    retry: 'later',
    about: 'server',
  },
  internal_error: {
    code: 'INTERNAL_SERVER_ERROR',
    status: 500,
    detail: 'Internal server error',
    retry: 'never',
    about: 'server',
  },
} as const satisfies Record<string, ErrorDefinition>

/** The text of `scope_insufficient` for an OAuth client, which has scopes instead of a key. */
const INSUFFICIENT_SCOPE = 'Forbidden: insufficient scope'

export type ErrorCode = keyof typeof apiErrors

/** An error that its caller may see. Everything else that is thrown is published as `internal_error`. */
export class ApiError extends TRPCError {
  readonly reason: ErrorCode
  readonly details: ErrorDetails

  constructor(reason: ErrorCode, details: ErrorDetails = {}, cause?: unknown) {
    const message = details.required_scope === undefined ? apiErrors[reason].detail : INSUFFICIENT_SCOPE
    super({ code: apiErrors[reason].code, message, cause })
    this.name = 'ApiError'
    this.reason = reason
    this.details = details
  }

  get status(): number {
    return apiErrors[this.reason].status
  }
}
