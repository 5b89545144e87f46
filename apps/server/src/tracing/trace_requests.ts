import type { FastifyInstance } from 'fastify'
import { methodLabel, routeLabel } from '../metrics/measure_requests.ts'
import type { RequestTrace, RequestTraces } from './request_trace.ts'

declare module 'fastify' {
  interface FastifyRequest {
    trace?: RequestTrace | undefined
  }
}

/** Traces each request but those of health checks. Call it after `recordRequests`, which makes the record. */
export function traceRequests(app: FastifyInstance, traces: RequestTraces): void {
  app.decorateRequest('trace')
  app.addHook('onRequest', (request, _reply, next) => {
    const { headers, record, routeOptions } = request
    if (record !== undefined && !routeOptions.url?.startsWith('/health')) {
      const { traceparent } = headers
      request.trace = traces({
        method: methodLabel(request),
        route: routeOptions.url ?? 'unknown',
        traceparent: typeof traceparent === 'string' ? traceparent : undefined,
      })
      record.trace = request.trace
    }
    next()
  })
  app.addHook('onResponse', (request, reply, next) => {
    request.trace?.end({ route: routeLabel(request), status: reply.statusCode, code: request.record?.code })
    next()
  })
}
