import { createMcpHandler } from '@modelcontextprotocol/server'
import { bearerToken, publicError, ApiError, type Services } from '@taskwire/api'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { showAllowance } from '../../auth/rate_limit_fields.ts'
import type { Env } from '../../config/env.ts'
import { errorBody, errorHeaders } from '../../http/error_response.ts'
import { allowedOrigins } from './origin.ts'
import { challenge, METADATA_PATH, protectedResource } from './protected_resource.ts'
import type { Agent, ServerFor } from './server.ts'

export interface McpDoor {
  readonly services: Services
  readonly server: ServerFor
  readonly env: Pick<Env, 'BETTER_AUTH_URL' | 'AUTH_ISSUER' | 'CORS_ORIGINS'>
}

/**
 * MCP at `POST /mcp`: Streamable HTTP without sessions, protocol 2026-07-28 and those of 2025.
 * Every request is answered by a server and a transport of its own, so that nothing leaks between clients and any
 * replica can answer. GET and DELETE, which are about sessions, have no route and so are 405.
 */
export function mcpDoor({ services, server, env }: McpDoor) {
  const isAllowedOrigin = allowedOrigins(env)
  const agents = new WeakMap<Request, Agent>()

  async function agentOf(request: FastifyRequest, reply: FastifyReply): Promise<Agent> {
    const principal = await services.tokens.verify(bearerToken(request.headers.authorization))
    const onAllowance = showAllowance(reply)
    return { principal, context: () => ({ services, via: 'mcp', request_id: request.id, principal, onAllowance }) }
  }

  return async (app: FastifyInstance): Promise<void> => {
    const handler = createMcpHandler(
      ({ requestInfo }) => {
        const agent = requestInfo === undefined ? undefined : agents.get(requestInfo)
        if (agent === undefined) throw new Error('The MCP SDK has replaced the request')
        return server(agent)
      },
      {
        onerror: (err) => services.log.warn({ err }, 'an MCP request was refused'),
        // Nothing is ever announced, as the tools do not change: such a stream only costs a socket.
        maxSubscriptions: 100,
      },
    )
    app.addHook('preClose', () => handler.close())

    app.post('/mcp', async (request, reply) => {
      const { origin } = request.headers
      if (origin !== undefined && !isAllowedOrigin(origin)) return refuseOrigin(request, reply)
      try {
        const incoming = webRequest(request, reply)
        agents.set(incoming, await agentOf(request, reply))
        // Never undefined: the SDK would clone the request to read a body that is gone.
        return await reply.send(await handler.fetch(incoming, { parsedBody: request.body ?? null }))
      } catch (error) {
        const refusal = publicError(error)
        if (refusal.status !== 401) throw error
        const header = challenge(env, request.headers.authorization !== undefined)
        return reply.code(401).header('www-authenticate', header).send(errorBody(refusal, request.id))
      }
    })

    const metadata = protectedResource(env)
    for (const path of [METADATA_PATH, `${METADATA_PATH}/mcp`]) app.get(path, () => metadata)
  }
}

// The specification asks for 403 here, whatever the code's usual status.
function refuseOrigin(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const msg = 'Pages of this origin may not call; CORS_ORIGINS names those that may'
  const refusal = new ApiError('validation_failed', {
    fields: [{ type: 'invalid_origin', loc: ['header', 'origin'], msg }],
  })
  return reply.code(403).headers(errorHeaders(refusal)).send(errorBody(refusal, request.id))
}

const BOTH_TYPES = 'application/json, text/event-stream'

/** The request as the SDK reads it: without the token, and aborted when the client leaves. */
function webRequest(request: FastifyRequest, reply: FastifyReply): Request {
  const left = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) left.abort()
  })
  const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' && /^(accept|content-type|mcp-.+)$/.test(name) ? [[name, value]] : [],
  )
  // The SDK takes "anything" for neither of the two types that it asks for.
  const accepted = request.headers.accept
  if (accepted === undefined || accepted.includes('*/*')) headers.push(['accept', BOTH_TYPES])
  return new Request('http://localhost/mcp', { method: 'POST', headers, signal: left.signal })
}
