import { TRPCError } from '@trpc/server'
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc'
import { ZodError } from 'zod'
import { databaseFailure, triggerRejection } from './database_error.ts'
import { fieldErrors } from './field_errors.ts'
import { ApiError, type ErrorCode } from './api_error.ts'

/** The error that callers see instead of `error`. An unexpected one becomes `internal_error`, without its text. */
export function publicError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof TRPCError) {
    if (error.cause instanceof ApiError) return error.cause
    if (error.code === 'BAD_REQUEST' && error.cause instanceof ZodError) {
      return new ApiError('validation_failed', { fields: fieldErrors(error.cause) }, error)
    }
    const code = codesOfTrpc[error.code]
    if (code !== undefined) return new ApiError(code, {}, error)
  }
  const failure = databaseFailure(error)
  if (failure !== undefined) return new ApiError(failure, { retry_after: 1 }, error)
  const rejection = triggerRejection(error)
  if (rejection !== undefined) return new ApiError(rejection, {}, error)
  return new ApiError('internal_error', {}, error)
}

/** The errors that tRPC throws before or around a procedure. */
const codesOfTrpc: Partial<Record<TRPC_ERROR_CODE_KEY, ErrorCode>> = {
  PARSE_ERROR: 'malformed_json',
  BAD_REQUEST: 'validation_failed',
  NOT_FOUND: 'not_found',
  METHOD_NOT_SUPPORTED: 'method_not_allowed',
  PAYLOAD_TOO_LARGE: 'payload_too_large',
  UNSUPPORTED_MEDIA_TYPE: 'unsupported_media_type',
}
