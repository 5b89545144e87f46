import { appRouter, bearerToken, ApiError, type Context, type Services } from '@taskwire/api'
import { getTRPCErrorShape, type TRPCError } from '@trpc/server'
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { showAllowance } from '../../auth/rate_limit_fields.ts'
import { errorHeaders, refusalOf } from '../../http/error_response.ts'
import { isJson, parseJson } from '../../http/json_body.ts'
import { answerCalls, jsonCalls } from './calls.ts'

const MAX_CALLS = 10
// Ten tasks with every character escaped.
const BODY_LIMIT = 256 * 1024

/**
 * The tRPC door at /trpc. Registered in a scope of its own: it reads bodies as text and answers every error in tRPC's
 * shape. Size and syntax are judged here, before the token.
 */
export function trpcRoutes({ services }: { readonly services: Services }) {
  return function trpc(app: FastifyInstance, _options: object, done: () => void): void {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_LIMIT }, (request, body, parsed) => {
      if (body.length > 0 && !isJson(request.headers['content-type'])) parsed(new ApiError('unsupported_media_type'))
      else parsed(null, body)
    })
    app.setErrorHandler((error, request, reply) => {
      const refusal = refusalOf(error)
      const status = getHTTPStatusCodeFromError(refusal)
      return reply.code(status).headers(errorHeaders(refusal)).send(errorAnswer(refusal, request))
    })
    app.route<{ Params: { path: string }; Querystring: { batch?: string; input?: string } }>({
      method: ['GET', 'POST'],
      url: '/trpc/:path',
      handler: async (request, reply) => {
        const input = readInput(request)
        const calls = jsonCalls(request)
        if (calls !== undefined) {
          const ctx = { ...contextOf(services, request), onAllowance: showAllowance(reply) }
          return answerCalls(calls, { ctx, input, request, reply })
        }
        // As tRPC answers it; its adapter fails over an answer without a body.
        if (request.method === 'HEAD') return reply.code(204).send()
        // As on REST, a missing type means JSON; any other than JSON was refused with the body.
        request.raw.headers['content-type'] = 'application/json'
        await fastifyRequestHandler({
          router: appRouter,
          req: request,
          res: reply,
          path: request.params.path,
          createContext: () => ({ ...contextOf(services, request), onAllowance: showAllowance(reply) }),
          responseMeta: ({ errors }) => ({ headers: { vary: 'trpc-accept, accept, origin', ...headersOf(errors) } }),
        })
        return reply
      },
    })
    done()
  }
}

function contextOf(services: Services, { id, headers }: FastifyRequest): Context {
  return { services, via: 'trpc', request_id: id, token: bearerToken(headers.authorization) }
}

/** The input of all calls. Refuses what tRPC would only find wrong behind the token, or answer with words of its own. */
function readInput({ params, query, body }: FastifyRequest<{ Params: { path: string } }>): unknown {
  if (params.path.split(',').length > MAX_CALLS) {
    const msg = `At most ${MAX_CALLS} calls a batch`
    throw new ApiError('validation_failed', { fields: [{ type: 'too_many_calls', loc: ['batch'], msg }] })
  }
  const text = body ?? (query as { input?: unknown }).input
  return typeof text === 'string' && text !== '' ? parseJson(text) : undefined
}

function headersOf(errors: readonly TRPCError[]): Record<string, string> {
  const [first] = errors
  return first === undefined ? {} : errorHeaders(refusalOf(first))
}

function errorAnswer(error: ApiError, request: FastifyRequest) {
  const { _config: config } = appRouter._def
  const shape = getTRPCErrorShape({ config, error, type: 'unknown', path: undefined, input: undefined, ctx: undefined })
  return { error: { ...shape, data: { ...shape.data, request_id: request.id } } }
}
