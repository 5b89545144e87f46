import { appRouter, operations, tools, type Services, type Tool } from '@taskwire/api'
import type { FastifyBaseLogger, FastifyPluginAsync, FastifyPluginCallback } from 'fastify'
import type { Env } from '../config/env.ts'
import { measureRequests } from '../metrics/measure_requests.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { unsubscribeRoutes } from '../mail/unsubscribe.ts'
import type { RequestTraces } from '../tracing/request_trace.ts'
import { traceRequests } from '../tracing/trace_requests.ts'
import { feedRoutes } from '../transports/feeds/routes.ts'
import type { McpAnswers } from '../transports/mcp/answers.ts'
import { mcpRoutes } from '../transports/mcp/routes.ts'
import { openApiRoutes } from '../transports/openapi/routes.ts'
import { restRoutes } from '../transports/rest/routes.ts'
import { trpcRoutes } from '../transports/trpc/routes.ts'
import { handleErrors, handleNotFound } from './error_handlers.ts'
import { createFastify, type App } from './fastify.ts'
import { guideRoutes } from './guide.ts'
import { closeConnectionsWhileStopping, healthRoutes } from './health.ts'
import { readJsonBodies } from './json_body.ts'
import { trackPaths } from './known_paths.ts'
import { logResponses } from './request_log.ts'
import { recordRequests } from './request_record.ts'
import { webApp } from './web.ts'

export type { App } from './fastify.ts'

export interface AppOptions {
  readonly services: Services
  readonly env: Env
  readonly log: FastifyBaseLogger
  readonly metrics?: Metrics | undefined
  readonly traces?: RequestTraces | undefined
  /** Further routes, such as sign-in. Registered before ours, so that hooks that leave their scope apply to all. */
  readonly plugins?: readonly (FastifyPluginCallback | FastifyPluginAsync)[]
}

/** Builds the whole server over its services. It does not listen yet. */
export async function buildApp({ services, env, log, plugins = [], metrics, traces }: AppOptions): Promise<App> {
  const app = createFastify(env, log)
  recordRequests(app)
  if (traces !== undefined) traceRequests(app, traces)
  const methodsOf = trackPaths(app)
  closeConnectionsWhileStopping(app)
  handleErrors(app, { env, log })
  handleNotFound(app, methodsOf)
  logResponses(app, { log, slowMs: env.SLOW_REQUEST_MS })
  if (metrics !== undefined) measureRequests(app, metrics)
  readJsonBodies(app)

  for (const plugin of plugins) await app.register(plugin)
  const all = operations(appRouter)
  await app.register(healthRoutes({ services }))
  await app.register(restRoutes({ operations: all, services, unknownFields: env.UNKNOWN_FIELDS }))
  await app.register(feedRoutes({ services }))
  await app.register(unsubscribeRoutes({ services }))
  await app.register(trpcRoutes({ services }))
  const allTools = tools(all)
  await app.register(mcpRoutes({ answers: () => mcpAnswersWith(services, allTools), env }))
  await app.register(openApiRoutes({ operations: all }))
  await app.register(guideRoutes)
  await app.register(webApp)
  return app
}

async function mcpAnswersWith(services: Services, all: readonly Tool[]): Promise<McpAnswers> {
  const [{ mcpAnswers }, { mcpServerFactory }] = await Promise.all([
    import('../transports/mcp/answers.ts'),
    import('../transports/mcp/server.ts'),
  ])
  return mcpAnswers({ services, server: mcpServerFactory(all), direct: all })
}
