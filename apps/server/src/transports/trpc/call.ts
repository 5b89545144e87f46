import { appRouter, operations, ApiError, type Context, type Operation } from '@taskwire/api'
import { getTRPCErrorFromUnknown } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import type { FastifyReply } from 'fastify'
import { disconnectSignal } from '../../http/disconnect.ts'
import { errorHeaders, toApiError } from '../../http/error_response.ts'
import { errorEnvelope } from './error.ts'
import { isBatch, isRecord, type TrpcRequest } from './input.ts'

const byName = new Map(operations(appRouter).map((operation) => [operation.name, operation]))

/**
 * The operations of a request that consists of ordinary calls, alone or in a batch, with JSON outputs: almost all
 * traffic. tRPC's adapter would convert each into a web Request and Response with streams in between, which costs more
 * than the call (docs/decisions/006). Undefined for everything that the adapter has to handle: streams, subscriptions,
 * unknown procedures, wrong methods.
 */
export function ordinaryCalls(request: TrpcRequest): readonly Operation[] | undefined {
  const { method, params, headers } = request
  if (headers['trpc-accept'] !== undefined) return undefined
  const type = method === 'POST' ? 'mutation' : 'query'
  const calls: Operation[] = []
  for (const name of isBatch(request) ? params.path.split(',') : [params.path]) {
    const operation = byName.get(name)
    // A procedure without a declared output is a stream.
    if (operation?.type !== type || operation.output === undefined) return undefined
    calls.push(operation)
  }
  return calls
}

export interface TrpcCall {
  readonly ctx: Context
  /** The parsed input: of a batch, an object with the input of each call by its index. */
  readonly input: unknown
  readonly request: TrpcRequest
  readonly reply: FastifyReply
}

/** Runs calls concurrently and responds as tRPC's adapter does. */
export async function runCalls(calls: readonly Operation[], { ctx, input, request, reply }: TrpcCall) {
  const batch = isBatch(request)
  if (batch && input !== undefined && !isRecord(input))
    throw new ApiError('validation_failed', { fields: [invalidBatch] })
  const inputs = isRecord(input) ? input : {}
  const signal = calls.every(isShort) ? undefined : disconnectSignal(reply)
  const results = await Promise.all(
    calls.map((operation, index) => runCall({ operation, ctx, input: batch ? inputs[index] : input, signal })),
  )
  const statuses = new Set(results.map(({ status }) => status))
  const failure = results.find(({ error }) => error !== undefined)?.error
  if (failure !== undefined) reply.headers(errorHeaders(toApiError(failure)))
  return reply
    .code(statuses.size === 1 ? (results[0]?.status ?? 200) : 207)
    .header('content-type', 'application/json; charset=utf-8')
    .header('vary', 'trpc-accept, accept, origin')
    .send(batch ? `[${results.map(({ json }) => json).join(',')}]` : results[0]?.json)
}

/** What reads or writes one task is not cancelled: it has ended before PostgreSQL could be told. */
function isShort({ runAsJson, rest }: Operation): boolean {
  return runAsJson !== undefined && rest?.answer !== 'items'
}

interface OneCall {
  readonly operation: Operation
  readonly ctx: Context
  readonly input: unknown
  readonly signal: AbortSignal | undefined
}

async function runCall(call: OneCall) {
  try {
    return { status: 200, json: await resultAsJson(call), error: undefined }
  } catch (cause) {
    const { operation, ctx, input } = call
    const error = getTRPCErrorFromUnknown(cause)
    const envelope = errorEnvelope(error, { type: operation.type, path: operation.name, input, ctx })
    return { status: getHTTPStatusCodeFromError(error), json: JSON.stringify(envelope), error }
  }
}

async function resultAsJson({ operation, ctx, input, signal }: OneCall): Promise<string> {
  if (operation.runAsJson === undefined)
    return JSON.stringify({ result: { data: await operation.run(ctx, input, signal) } })
  const { json } = await operation.runAsJson(ctx, input, signal)
  return `{"result":{"data":${json}}}`
}

const invalidBatch = { type: 'invalid_type', loc: ['input'], msg: 'Must be an object with an input for each call' }
