import { createMcpHandler, type McpHttpHandler, type McpRequestContext } from '@modelcontextprotocol/server'
import { authorizeCall, bearerToken, type Services, type Tool } from '@taskwire/api'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { requestContext } from '../context.ts'
import { directAnswers } from './direct_answer.ts'
import { directCall } from './direct_call.ts'
import type { McpServerFactory, McpSession } from './server.ts'
import { updateBus } from './update_bus.ts'
import { webRequest } from './web_request.ts'

export interface McpAnswersOptions {
  readonly services: Services
  readonly server: McpServerFactory
  /** The tools that are listed and called without a server of the SDK, where a request allows it. */
  readonly direct?: readonly Tool[]
}

/** How requests to `/mcp` are answered. */
export interface McpAnswers {
  /** Rejects with an `ApiError` where the token is missing or wrong. */
  answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>
  /** Ends what streams. */
  close(): Promise<void>
}

/**
 * Every request gets a server and a transport of its own, so that nothing leaks between clients and any replica can
 * respond; plain calls of tools need neither.
 */
export function mcpAnswers({ services, server, direct }: McpAnswersOptions): McpAnswers {
  const answer = directAnswers(direct ?? [])
  const handle = requestHandler({ services, server })
  return {
    async answer(request, reply) {
      const call = direct === undefined ? undefined : directCall(request, direct)
      if (call !== undefined) return await answer(call, await sessionOf(services, request, reply), reply)
      return await reply.send(await handle.request(request, reply))
    },
    close: () => handle.close(),
  }
}

type HttpSession = Omit<McpSession, 'updates'>

/** Lets the SDK handle requests, each with a server for the user of its token. */
function requestHandler({ services, server }: Pick<McpAnswersOptions, 'services' | 'server'>) {
  const sessions = new WeakMap<Request, HttpSession>()
  const open = new Set<McpHttpHandler>()
  const factory = ({ requestInfo, era }: McpRequestContext) => {
    const session = requestInfo === undefined ? undefined : sessions.get(requestInfo)
    if (session === undefined) throw new Error('The MCP SDK has replaced the request')
    return server({ ...session, updates: era === 'modern' ? 'stream' : 'none' })
  }
  const onerror = (err: Error) => services.log.warn({ err }, 'an MCP request was rejected')
  const handler = createMcpHandler(factory, { onerror })

  /** A stream of updates has a handler of its own: the SDK would send those of all users to each. */
  async function updates(incoming: Request, { principal }: HttpSession, body: unknown): Promise<Response> {
    const refused = new AbortController()
    const bus = await updateBus(services, principal, AbortSignal.any([incoming.signal, refused.signal]))
    const own = createMcpHandler(factory, { onerror, bus })
    open.add(own)
    const end = () => {
      open.delete(own)
      void own.close()
    }
    void bus.ended.then(end, end)
    const response = await own.fetch(incoming, { parsedBody: body })
    if (response.headers.get('content-type') !== 'text/event-stream') refused.abort()
    return response
  }

  return {
    close: async () => void (await Promise.all([handler, ...open].map((each) => each.close()))),
    async request(request: FastifyRequest, reply: FastifyReply): Promise<Response> {
      const incoming = webRequest(request, reply)
      // Never undefined: the SDK would try to read the body, which Fastify has consumed.
      const body = request.body ?? null
      if (isListening(body)) await assertMayListen(services, request, reply)
      const session = await sessionOf(services, request, reply)
      sessions.set(incoming, session)
      const response = await (isListening(body)
        ? updates(incoming, session, body)
        : handler.fetch(incoming, { parsedBody: body }))
      // The SDK says `keep-alive`, also to clients that close the connection, and while the server stops.
      response.headers.delete('connection')
      return response
    },
  }
}

const listening = z.looseObject({ method: z.literal('subscriptions/listen') })

function isListening(body: unknown): boolean {
  return listening.safeParse(body).success
}

/** The other methods call operations, which check the scope and are counted; updates come straight from the log. */
async function assertMayListen(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const context = requestContext({ services, via: 'mcp' }, request, reply)
  await authorizeCall(context, { name: 'change.subscribe', type: 'subscription' })
}

async function sessionOf(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<HttpSession> {
  const principal = await services.tokens.verify(bearerToken(request.headers.authorization))
  const { token: _, ...context } = requestContext({ services, via: 'mcp' }, request, reply)
  return { principal, context: () => ({ ...context, principal }) }
}
