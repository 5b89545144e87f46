import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { appRouter, operations, ApiError, apiErrors, tools, type Services } from '@taskwire/api'
import {
  fastify,
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginCallback,
  type FastifyPluginAsync,
} from 'fastify'
import { apiDocs } from '../transports/openapi/docs.ts'
import type { Env } from '../config/env.ts'
import { refusalOf, sendError } from './error_response.ts'
import { healthRoutes } from './health.ts'
import { readJsonBodies } from './json_body.ts'
import { knownPaths, type MethodsOf } from './known_paths.ts'
import { mcpDoor } from '../transports/mcp/routes.ts'
import { toolServer } from '../transports/mcp/server.ts'
import { isPreflight, responseHeaders } from './response_headers.ts'
import { restRoutes } from '../transports/rest/routes.ts'
import { answerBrokenRequest, answerWithoutHost, ignoreExpectations } from './socket_error.ts'
import { trpcRoutes } from '../transports/trpc/routes.ts'
import { webApp } from './web.ts'

export interface AppParts {
  readonly services: Services
  readonly env: Env
  readonly log: FastifyBaseLogger
  /** What else is served: sign-in, MCP. Registered before our routes, so that hooks which leave their scope see all. */
  readonly plugins?: readonly (FastifyPluginCallback | FastifyPluginAsync)[]
}

export type App = FastifyInstance

const BODY_LIMIT = 64 * 1024
const HEADER_LIMIT = 16 * 1024

/** The whole server over its services, not listening yet. */
export async function buildApp({ services, env, log, plugins = [] }: AppParts): Promise<App> {
  const app = bareApp(env, log)
  const methodsOf = knownPaths(app)
  commonAnswers(app, { env, log, methodsOf })
  readJsonBodies(app)
  for (const plugin of plugins) await app.register(plugin)
  const all = operations(appRouter)
  healthRoutes(app, services)
  restRoutes(app, { operations: all, services, unknownFields: env.UNKNOWN_FIELDS })
  await app.register(trpcRoutes({ services }))
  await app.register(mcpDoor({ services, server: toolServer(tools(all)), env }))
  await app.register(apiDocs({ operations: all }))
  await app.register(webApp)
  return app
}

function bareApp(env: Env, log: FastifyBaseLogger): App {
  const setHeaders = responseHeaders(env)
  const app: App = fastify({
    loggerInstance: log,
    // One line an answer is ours (below); a logger of its own for each request would cost more than the line.
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (logger) => logger,
    genReqId: requestId,
    trustProxy: env.TRUST_PROXY ?? false,
    bodyLimit: BODY_LIMIT,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: HEADER_LIMIT },
    http: {
      maxHeaderSize: HEADER_LIMIT,
      headersTimeout: 15_000,
      connectionsCheckingInterval: 5000,
      // Node's own answer would have no body; ours is below.
      requireHostHeader: false,
    },
    requestTimeout: 30_000,
    // Longer than a proxy keeps its end: the side that sends requests should be the one that closes.
    keepAliveTimeout: 72_000,
    return503OnClosing: false,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => {
      setHeaders(request, reply)
      void sendError(reply, error)
    },
  })
  ignoreExpectations(app.server)
  app.decorate('stopping', false)
  app.addHook('onRequest', (request, reply, next) => {
    setHeaders(request, reply)
    if (request.headers.host === undefined && request.raw.httpVersion !== '1.0') answerWithoutHost(request, reply)
    else if (isPreflight(request)) void reply.code(204).send()
    else next()
  })
  app.addHook('onSend', (_request, reply, _payload, next) => {
    // Said with the answer, not the request: what was under way when the stop began closes its connection too.
    if (app.stopping) reply.header('connection', 'close')
    next()
  })
  return app
}

interface Common {
  readonly env: Env
  readonly log: FastifyBaseLogger
  readonly methodsOf: MethodsOf
}

/** What every path has in common: errors in one shape, 405 where only the method is wrong, one log line an answer. */
function commonAnswers(app: App, { log, methodsOf }: Common): void {
  app.setErrorHandler((error, request, reply) => {
    if (apiErrors[refusalOf(error).reason].status >= 500)
      log.error({ err: error, request_id: request.id }, 'unforeseen')
    return sendError(reply, error)
  })
  app.setNotFoundHandler((request, reply) => {
    const methods = methodsOf(request.url)
    if (request.method === 'OPTIONS' && methods.length > 0) {
      return reply.code(204).header('allow', methods.join(', ')).send()
    }
    // A path under a wildcard, such as a file that is not there, is known with this very method.
    if (methods.length === 0 || methods.includes(request.method)) return sendError(reply, new ApiError('not_found'))
    reply.header('allow', methods.join(', '))
    return sendError(reply, new ApiError('method_not_allowed'))
  })
  app.addHook('onResponse', ({ id, method, routeOptions: { url } }, { statusCode, elapsedTime }, next) => {
    if (url === undefined || !url.startsWith('/health')) {
      log.info(
        { request_id: id, method, route: url ?? null, status: statusCode, ms: Math.round(elapsedTime) },
        'answered',
      )
    }
    next()
  })
}

/** The caller's own id for a request where it is a sane one, else a new one: this process's, and a number. */
function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given)
    ? given
    : `${processId}-${(requests++).toString(36)}`
}
const processId = randomBytes(9).toString('base64url')
let requests = 0
