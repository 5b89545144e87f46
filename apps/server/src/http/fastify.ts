import { ApiError } from '@taskwire/api'
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Env } from '../config/env.ts'
import { sendError } from './error_response.ts'
import { requestId } from './request_id.ts'
import { isNormalizedPath, requestTarget } from './request_path.ts'
import { isPreflight, responseHeaders } from './response_headers.ts'
import { handleClientError, ignoreExpectHeaders, sendMissingHost } from './socket_error.ts'

export type App = FastifyInstance

const BODY_LIMIT = 64 * 1024
const HEADER_LIMIT = 16 * 1024

/** A Fastify instance with our limits, timeouts and headers, and without routes. */
export function createFastify(env: Env, log: FastifyBaseLogger): App {
  const setHeaders = responseHeaders(env)
  const app: App = fastify({
    loggerInstance: log,
    // request_log.ts writes one line for each response; a logger for each request would cost more than that line.
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (logger) => logger,
    genReqId: requestId,
    rewriteUrl: requestTarget,
    trustProxy: env.TRUST_PROXY ?? false,
    bodyLimit: BODY_LIMIT,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: HEADER_LIMIT },
    http: {
      maxHeaderSize: HEADER_LIMIT,
      headersTimeout: 15_000,
      connectionsCheckingInterval: 5000,
      // Node's own response has no body; sendMissingHost responds instead.
      requireHostHeader: false,
    },
    requestTimeout: 30_000,
    // Longer than proxies keep idle connections: the side that sends requests should be the one that closes.
    keepAliveTimeout: 72_000,
    return503OnClosing: false,
    clientErrorHandler: handleClientError,
    // Hooks do not run for these requests.
    frameworkErrors: (error, request, reply) => {
      setHeaders(request, reply)
      void sendError(reply, isNormalizedPath(request.url) ? error : new ApiError('not_found'))
    },
  })
  ignoreExpectHeaders(app.server)
  app.addHook('onRequest', (request, reply, next) => {
    setHeaders(request, reply)
    if (!isNormalizedPath(request.url)) void sendError(reply, new ApiError('not_found'))
    else if (request.headers.host === undefined && request.raw.httpVersion !== '1.0') sendMissingHost(request, reply)
    else if (isPreflight(request)) void reply.code(204).send()
    else next()
  })
  return app
}
