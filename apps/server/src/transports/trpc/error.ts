import { appRouter, type ApiError, type Context } from '@taskwire/api'
import { getTRPCErrorShape, type TRPCError } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import type { FastifyReply } from 'fastify'
import { errorHeaders, toApiError } from '../../http/error_response.ts'

/** The procedure call that failed. */
export interface FailedCall {
  readonly type: 'query' | 'mutation' | 'subscription' | 'unknown'
  readonly path: string | undefined
  readonly input: unknown
  readonly ctx: Context | undefined
}

/** An error as tRPC's protocol carries it. */
export function errorEnvelope(error: TRPCError, call: FailedCall) {
  const { _config: config } = appRouter._def
  return { error: getTRPCErrorShape({ config, error, ...call }) }
}

/** Responds to a request that was rejected before any procedure was called. */
export function sendTrpcError(reply: FastifyReply, error: unknown): FastifyReply {
  const apiError: ApiError = toApiError(error)
  const envelope = errorEnvelope(apiError, { type: 'unknown', path: undefined, input: undefined, ctx: undefined })
  const data = { ...envelope.error.data, request_id: reply.request.id }
  return reply
    .code(getHTTPStatusCodeFromError(apiError))
    .headers(errorHeaders(apiError))
    .send({ error: { ...envelope.error, data } })
}

/** The headers of a response to several calls: those of the first error. */
export function headersOf(errors: readonly TRPCError[]): Record<string, string> {
  const [first] = errors
  return first === undefined ? {} : errorHeaders(toApiError(first))
}
