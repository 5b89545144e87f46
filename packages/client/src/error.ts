import { TRPCClientError } from '@trpc/client'
import { apiErrors, type ErrorTraits } from './contract_data.ts'
import type { AppRouter, ErrorShape, FieldError, ErrorCode, Task } from './router.ts'

/** Why a call failed without an error from the server. */
export type ClientReason = keyof typeof clientReasons

const clientReasons = {
  unreachable: 'The server could not be reached, or its answer was lost',
  aborted: 'The call was aborted',
  streaming_unsupported:
    'This runtime cannot read a response while it arrives. Use changes(), which polls instead, and chat.send; or pass a fetch that can',
  token_unavailable: 'No token could be obtained',
  unexpected: 'The call failed unexpectedly',
} as const

/** The error that every call of the client throws. Branch on `reason`; the message is one sentence for a user to read. */
export class TaskwireError extends TRPCClientError<AppRouter> {
  /** The server's code (`apiErrors`), or the client's own if the server gave no answer. */
  readonly reason: ErrorCode | ClientReason
  /** With `validation_failed`: the rules that the input violates. */
  readonly fields: readonly FieldError[]
  /** With `version_mismatch`: the current task. */
  readonly current: Task | undefined
  /** In a batch: the place of the operation that was refused. */
  readonly index: number | undefined
  /** The id of this request in the server's log. */
  readonly request_id: string | undefined
  /** Seconds after which a retry may succeed, if the server sent them. */
  readonly retryAfter: number | undefined

  constructor(reason: ErrorCode | ClientReason, details: ErrorDetails = {}) {
    const { shape, cause, retryAfter } = details
    super(details.message ?? shape?.message ?? (isClientReason(reason) ? clientReasons[reason] : reason), {
      ...(shape && { result: { error: shape } }),
      ...(cause !== undefined && { cause: asError(cause) }),
    })
    // The constructor of tRPC's error makes every instance one of its own class.
    Object.setPrototypeOf(this, new.target.prototype)
    this.name = 'TaskwireError'
    this.reason = reason
    this.fields = shape?.data.fields ?? []
    this.current = shape?.data.current
    this.index = shape?.data.index
    this.request_id = shape?.data.request_id ?? details.request_id
    this.retryAfter = retryAfter ?? shape?.data.retry_after
  }
}

interface ErrorDetails {
  readonly message?: string
  readonly shape?: ErrorShape
  readonly request_id?: string | undefined
  readonly retryAfter?: number | undefined
  readonly cause?: unknown
}

/**
 * Whether an error was thrown by the client.
 *
 * @example
 * if (isTaskwireError(error) && error.reason === 'version_mismatch') console.log('changed elsewhere', error.current)
 */
export function isTaskwireError(error: unknown): error is TaskwireError {
  return error instanceof TaskwireError
}

/** The error that a caller sees instead of `cause`, whatever was thrown on the way. */
export function taskwireError(cause: unknown): TaskwireError {
  if (cause instanceof TaskwireError) return cause
  if (cause instanceof TRPCClientError && isErrorShape(cause.shape)) return errorOfShape(cause.shape)
  const message = cause instanceof Error && cause.message !== '' ? cause.message : undefined
  return new TaskwireError('unexpected', { ...(message !== undefined && { message }), cause })
}

/** The client's error for an error of the server. */
export function errorOfShape(shape: ErrorShape): TaskwireError {
  return new TaskwireError(shape.data.reason, { shape })
}

/** Whether a parsed answer is an error as this server formats it. */
export function isErrorShape(value: unknown): value is ErrorShape {
  return (
    isRecord(value) &&
    typeof value['message'] === 'string' &&
    isRecord(value['data']) &&
    typeof value['data']['reason'] === 'string'
  )
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** What is known of an error besides its reason; of a reason that only a newer server knows, nothing can be promised. */
export function traitsOfError(reason: string): ErrorTraits {
  if (reason === 'unreachable') return { status: 0, retry: 'safe', about: 'server' }
  const known: Readonly<Record<string, ErrorTraits>> = apiErrors
  return known[reason] ?? { status: 0, retry: 'never', about: 'server' }
}

function isClientReason(reason: string): reason is ClientReason {
  return Object.hasOwn(clientReasons, reason)
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause))
}
