import { ApiError, apiErrors } from '@taskwire/api'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Env } from '../config/env.ts'
import { sendError, toApiError } from './error_response.ts'
import type { MethodsOf } from './known_paths.ts'
import { responseHeaders } from './response_headers.ts'

export interface ErrorHandlerOptions {
  readonly env: Env
  readonly log: FastifyBaseLogger
}

/** Gives every error the same shape, whoever throws it. */
export function handleErrors(app: FastifyInstance, { env, log }: ErrorHandlerOptions): void {
  const setHeaders = responseHeaders(env)
  app.setErrorHandler((error, request, reply) => {
    // A method that Node's parser accepts and does not name, such as PRI of HTTP/2, reaches no hook.
    if (!reply.hasHeader('x-request-id')) setHeaders(request, reply)
    if (apiErrors[toApiError(error).reason].status >= 500)
      log.error({ err: error, request_id: request.id }, 'unexpected error')
    return sendError(reply, error)
  })
}

/** Distinguishes an unknown path (404) from an unknown method of a known path (405), and responds to OPTIONS. */
export function handleNotFound(app: FastifyInstance, methodsOf: MethodsOf): void {
  app.setNotFoundHandler((request, reply) => {
    const methods = methodsOf(request.url)
    if (request.method === 'OPTIONS' && methods.length > 0) {
      return reply.code(204).header('allow', methods.join(', ')).send()
    }
    // A path below a wildcard, such as that of a missing file, is known with this very method.
    if (methods.length === 0 || methods.includes(request.method)) return sendError(reply, new ApiError('not_found'))
    reply.header('allow', methods.join(', '))
    return sendError(reply, new ApiError('method_not_allowed'))
  })
}
