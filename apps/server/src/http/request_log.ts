import type { FastifyBaseLogger, FastifyInstance } from 'fastify'

/** Logs one line for each response, except those of health checks. */
export function logResponses(app: FastifyInstance, log: FastifyBaseLogger): void {
  app.addHook('onResponse', ({ id, method, routeOptions: { url } }, { statusCode, elapsedTime }, next) => {
    if (url === undefined || !url.startsWith('/health')) {
      log.info(
        { request_id: id, method, route: url ?? null, status: statusCode, ms: Math.round(elapsedTime) },
        'request completed',
      )
    }
    next()
  })
}
