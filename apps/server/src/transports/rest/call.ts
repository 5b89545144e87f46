import type { Context, Operation, RestMeta } from '@taskwire/api'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { InputSource } from './input.ts'

/** One REST request on its way to an operation: what the ways of answering it need. */
export interface Call {
  readonly operation: Operation
  readonly rest: RestMeta
  readonly source: InputSource
  readonly ctx: Context
  readonly input: unknown
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** A way of answering. What it throws before the first byte becomes an ordinary error answer. */
export type Answer = (call: Call) => Promise<FastifyReply>

/** Sends a value as JSON. */
export function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(value))
}
