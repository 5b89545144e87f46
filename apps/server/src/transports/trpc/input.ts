import { ApiError, limits } from '@taskwire/api'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { EVERY_TYPE, isJson, parseJson } from '../../http/json_body.ts'

export interface TrpcRoute {
  Params: { path: string }
  Querystring: { batch?: string; input?: string }
}

export type TrpcRequest = FastifyRequest<TrpcRoute>

// Ten tasks with every character escaped.
const BODY_LIMIT = 256 * 1024

/** Reads bodies as text, which both our own calls and tRPC's adapter parse. Rejects other types than JSON. */
export function readTextBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(EVERY_TYPE, { parseAs: 'string', bodyLimit: BODY_LIMIT }, (request, body, done) => {
    if (body.length > 0 && !isJson(request.headers['content-type'])) done(new ApiError('unsupported_media_type'))
    else done(null, body)
  })
}

/**
 * The input of all calls of a request. Rejects what tRPC would detect only after the token was checked, or report with
 * messages of its own.
 */
export function readInput({ params, query, body }: TrpcRequest): unknown {
  if (params.path.split(',').length > limits.batchCalls) {
    const msg = `At most ${limits.batchCalls} calls a batch`
    throw new ApiError('validation_failed', { fields: [{ type: 'too_many_calls', loc: ['batch'], msg }] })
  }
  const text: unknown = body ?? query.input
  return typeof text === 'string' && text !== '' ? parseJson(text) : undefined
}

export function isBatch({ query }: TrpcRequest): boolean {
  return query.batch === '1'
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
