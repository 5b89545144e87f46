import type { Context, Operation, RestMeta } from '@taskwire/api'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { InputSource } from './input.ts'

/** A REST request for an operation, with everything that is needed to respond to it. */
export interface RestCall {
  readonly operation: Operation
  readonly rest: RestMeta
  readonly source: InputSource
  readonly ctx: Context
  readonly input: unknown
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** Runs the operation and sends its output. An error before the first byte becomes an ordinary error response. */
export type Respond = (call: RestCall) => Promise<FastifyReply>

export function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return sendJsonText(reply, JSON.stringify(value))
}

export function sendJsonText(reply: FastifyReply, json: string): FastifyReply {
  return reply.header('content-type', 'application/json; charset=utf-8').send(json)
}
