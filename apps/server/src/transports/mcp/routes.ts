import { ApiError, publicError } from '@taskwire/api'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Env } from '../../config/env.ts'
import { errorBody, errorHeaders } from '../../http/error_response.ts'
import type { McpAnswers } from './answers.ts'
import { allowedOrigins } from './origin.ts'
import { challenge, mcpResource, METADATA_PATHS } from './protected_resource.ts'

export interface McpRoutesOptions {
  /** Called for the first request: where nobody uses MCP, the SDK need not be loaded. */
  readonly answers: () => McpAnswers | Promise<McpAnswers>
  readonly env: Pick<Env, 'BETTER_AUTH_URL' | 'AUTH_ISSUER' | 'CORS_ORIGINS'>
}

/**
 * MCP at `POST /mcp`: Streamable HTTP without sessions, protocol 2026-07-28 and those of 2025. GET and DELETE concern
 * sessions, so they have no route and are 405.
 */
export function mcpRoutes({ answers, env }: McpRoutesOptions): FastifyPluginAsync {
  const isAllowedOrigin = allowedOrigins(env)
  return async (app: FastifyInstance) => {
    let loaded: McpAnswers | Promise<McpAnswers> | undefined
    app.addHook('preClose', async () => {
      await (await loaded)?.close()
    })
    app.post('/mcp', async (request, reply) => {
      const { origin } = request.headers
      if (origin !== undefined && !isAllowedOrigin(origin)) return sendInvalidOrigin(request, reply)
      try {
        loaded ??= answers()
        return await (await loaded).answer(request, reply)
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

// The specification requires 403 here, whatever the usual status of the code.
function sendInvalidOrigin(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const msg = 'Pages of this origin may not call the API; CORS_ORIGINS names those that may'
  const error = new ApiError('validation_failed', {
    fields: [{ type: 'invalid_origin', loc: ['header', 'origin'], msg }],
  })
  return reply.code(403).headers(errorHeaders(error)).send(errorBody(error, request.id))
}
