import { appRouter, type Services } from '@taskwire/api'
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply } from 'fastify'
import { requestContext } from '../context.ts'
import { ordinaryCalls, runCalls } from './call.ts'
import { headersOf, sendTrpcError } from './error.ts'
import { readInput, readTextBodies, type TrpcRequest, type TrpcRoute } from './input.ts'

export interface TrpcRoutesOptions {
  readonly services: Services
  /** Whether tRPC's own adapter answers ordinary calls too. Only tests that compare both want it. */
  readonly adapterOnly?: boolean
}

/**
 * tRPC at `/trpc`, in a Fastify scope of its own: it reads bodies as text and reports every error in tRPC's shape. Size
 * and syntax are checked here, before the token.
 */
export function trpcRoutes({ services, adapterOnly = false }: TrpcRoutesOptions): FastifyPluginAsync {
  const origin = { services, via: 'trpc' } as const
  return async (app: FastifyInstance) => {
    readTextBodies(app)
    app.setErrorHandler((error, _request, reply) => sendTrpcError(reply, error))
    app.route<TrpcRoute>({
      method: ['GET', 'POST'],
      url: '/trpc/:path',
      handler: async (request, reply) => {
        const input = readInput(request)
        const calls = adapterOnly ? undefined : ordinaryCalls(request)
        if (calls === undefined) return handleByAdapter(request, reply, origin)
        return runCalls(calls, { ctx: requestContext(origin, request, reply), input, request, reply })
      },
    })
  }
}

type Origin = Parameters<typeof requestContext>[0]

/** Lets tRPC's own Fastify adapter respond. */
async function handleByAdapter(request: TrpcRequest, reply: FastifyReply, origin: Origin): Promise<FastifyReply> {
  // The status that tRPC gives; its adapter throws when a response has no body.
  if (request.method === 'HEAD') return reply.code(204).send()
  // A missing type means JSON, as on REST; other types were rejected with the body.
  request.raw.headers['content-type'] = 'application/json'
  await fastifyRequestHandler({
    router: appRouter,
    req: request,
    res: reply,
    path: request.params.path,
    createContext: () => requestContext(origin, request, reply),
    responseMeta: ({ errors }) => ({ headers: { vary: 'trpc-accept, accept, origin', ...headersOf(errors) } }),
  })
  return reply
}
