import { appRouter, operations, ApiError, type Context, type Operation } from '@taskwire/api'
import { getTRPCErrorFromUnknown, getTRPCErrorShape, type TRPCError } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { errorHeaders, refusalOf } from '../../http/error_response.ts'

type TrpcRequest = FastifyRequest<{ Params: { path: string }; Querystring: { batch?: string; input?: string } }>

const all = new Map(operations(appRouter).map((operation) => [operation.name, operation]))

/**
 * Ordinary calls, alone or in a batch, whose answers are JSON: the bulk of what arrives. tRPC's adapter would turn each
 * into a web Request and Response with streams between, which costs more than the call (docs/decisions/006). Undefined
 * for everything else, which the adapter answers: streams, subscriptions, unknown procedures, wrong methods.
 */
export function jsonCalls({ method, params, query, headers }: TrpcRequest): readonly Operation[] | undefined {
  if (headers['trpc-accept'] !== undefined) return undefined
  const type = method === 'POST' ? 'mutation' : 'query'
  const names = query.batch === '1' ? params.path.split(',') : [params.path]
  const calls = names.flatMap((name) => {
    const operation = all.get(name)
    // What declares no output is a stream.
    return operation?.type === type && operation.output !== undefined ? [operation] : []
  })
  return calls.length === names.length ? calls : undefined
}

/** Runs the calls side by side and answers as tRPC's adapter does; `input` is the parsed input of all of them. */
export async function answerCalls(
  calls: readonly Operation[],
  { ctx, input, request, reply }: { ctx: Context; input: unknown; request: TrpcRequest; reply: FastifyReply },
): Promise<FastifyReply> {
  const left = new AbortController()
  reply.raw.once('close', () => reply.raw.writableFinished || left.abort())
  const batched = request.query.batch === '1'
  if (batched && input !== undefined && !isRecord(input))
    throw new ApiError('validation_failed', { fields: [notInputs] })
  const inputs = isRecord(input) ? input : {}
  const answers = await Promise.all(
    calls.map((call, index) => answerOf(call, ctx, batched ? inputs[index] : input, left.signal)),
  )
  const statuses = new Set(answers.map(({ status }) => status))
  const refused = answers.find(({ error }) => error !== undefined)?.error
  if (refused !== undefined) reply.headers(errorHeaders(refusalOf(refused)))
  return reply
    .code(statuses.size === 1 ? (answers[0]?.status ?? 200) : 207)
    .header('content-type', 'application/json')
    .header('vary', 'trpc-accept, accept, origin')
    .send(JSON.stringify(batched ? answers.map(({ body }) => body) : answers[0]?.body))
}

async function answerOf(operation: Operation, ctx: Context, input: unknown, signal: AbortSignal) {
  try {
    return { status: 200, body: { result: { data: await operation.run(ctx, input, signal) } }, error: undefined }
  } catch (cause) {
    const error: TRPCError = getTRPCErrorFromUnknown(cause)
    const { _config: config } = appRouter._def
    const body = { error: getTRPCErrorShape({ config, error, type: operation.type, path: operation.name, input, ctx }) }
    return { status: getHTTPStatusCodeFromError(error), body, error }
  }
}

const notInputs = { type: 'invalid_type', loc: ['input'], msg: 'Must be an object with an input for each call' }

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
