import { createMcpHandler } from '@modelcontextprotocol/server'
import { ApiError, bearerToken, publicError, type Services } from '@taskwire/api'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Env } from '../../config/env.ts'
import { errorBody, errorHeaders } from '../../http/error_response.ts'
import { requestContext } from '../context.ts'
import { allowedOrigins } from './origin.ts'
import { challenge, mcpResource, METADATA_PATHS } from './protected_resource.ts'
import type { McpServerFactory, McpSession } from './server.ts'
import { webRequest } from './web_request.ts'

export interface McpRoutesOptions {
  readonly services: Services
  readonly server: McpServerFactory
  readonly env: Pick<Env, 'BETTER_AUTH_URL' | 'AUTH_ISSUER' | 'CORS_ORIGINS'>
}

/**
 * MCP at `POST /mcp`: Streamable HTTP without sessions, protocol 2026-07-28 and those of 2025. Every request gets a
 * server and a transport of its own, so that nothing leaks between clients and any replica can respond. GET and DELETE
 * concern sessions, so they have no route and are 405.
 */
export function mcpRoutes({ services, server, env }: McpRoutesOptions): FastifyPluginAsync {
  const isAllowedOrigin = allowedOrigins(env)
  return async (app: FastifyInstance) => {
    const handle = requestHandler({ services, server })
    app.addHook('preClose', () => handle.close())
    app.post('/mcp', async (request, reply) => {
      const { origin } = request.headers
      if (origin !== undefined && !isAllowedOrigin(origin)) return sendInvalidOrigin(request, reply)
      try {
        return await reply.send(await handle.request(request, reply))
      } catch (error) {
        const apiError = publicError(error)
        if (apiError.status !== 401) throw error
        const header = challenge(env, request.headers)
        return reply.code(401).header('www-authenticate', header).send(errorBody(apiError, request.id))
      }
    })
    for (const path of METADATA_PATHS) app.get(path, ({ headers }) => mcpResource(env, headers.host))
  }
}

/** Lets the SDK handle requests, each with a server for the user of its token. */
function requestHandler({ services, server }: Pick<McpRoutesOptions, 'services' | 'server'>) {
  const sessions = new WeakMap<Request, McpSession>()
  const handler = createMcpHandler(
    ({ requestInfo }) => {
      const session = requestInfo === undefined ? undefined : sessions.get(requestInfo)
      if (session === undefined) throw new Error('The MCP SDK has replaced the request')
      return server(session)
    },
    {
      onerror: (err) => services.log.warn({ err }, 'an MCP request was rejected'),
      // The tools never change, so nothing is announced and such a stream only costs a socket.
      maxSubscriptions: 100,
    },
  )
  return {
    close: () => handler.close(),
    async request(request: FastifyRequest, reply: FastifyReply): Promise<Response> {
      const incoming = webRequest(request, reply)
      sessions.set(incoming, await sessionOf(services, request, reply))
      // Never undefined: the SDK would try to read the body, which Fastify has consumed.
      return handler.fetch(incoming, { parsedBody: request.body ?? null })
    },
  }
}

async function sessionOf(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<McpSession> {
  const principal = await services.tokens.verify(bearerToken(request.headers.authorization))
  const { token: _, ...context } = requestContext({ services, via: 'mcp' }, request, reply)
  return { principal, context: () => ({ ...context, principal }) }
}

// The specification requires 403 here, whatever the usual status of the code.
function sendInvalidOrigin(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const msg = 'Pages of this origin may not call the API; CORS_ORIGINS names those that may'
  const error = new ApiError('validation_failed', {
    fields: [{ type: 'invalid_origin', loc: ['header', 'origin'], msg }],
  })
  return reply.code(403).headers(errorHeaders(error)).send(errorBody(error, request.id))
}
