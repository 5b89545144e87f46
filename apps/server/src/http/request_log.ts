import type { CallRecord } from '@taskwire/api'
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

export interface RequestLogOptions {
  readonly log: FastifyBaseLogger
  /** Requests that take longer are warnings as well, except streams of events. */
  readonly slowMs: number
}

/**
 * Logs one line for each response, except those of health checks; a warning for a slow one, without values; and one for
 * each failed sign-in, with the address, as tools that block addresses read it.
 */
export function logResponses(app: FastifyInstance, { log, slowMs }: RequestLogOptions): void {
  app.addHook('onResponse', (request, reply, next) => {
    const { url } = request.routeOptions
    if (url === undefined || !url.startsWith('/health')) {
      log.info(lineOf(request, reply), 'request completed')
      if (reply.elapsedTime > slowMs && !isStream(reply)) log.warn(slowLineOf(request, reply), 'slow request')
      if (isFailedSignIn(request, reply)) log.warn({ address: request.ip, request_id: request.id }, 'sign-in failed')
    }
    next()
  })
}

function lineOf(
  { id, method, routeOptions, ip, record, trace }: FastifyRequest,
  { statusCode, elapsedTime }: FastifyReply,
) {
  // One object for every request: what is undefined is not written.
  return {
    request_id: id,
    method,
    route: routeOptions.url ?? null,
    status: statusCode,
    ms: Math.round(elapsedTime),
    address: ip,
    trace_id: trace?.id,
    operation: operationsOf(record),
    code: record?.code,
    user_id: record?.user_id,
    actor: record?.actor ?? undefined,
    database_ms: record && Math.round(record.database_ms),
  }
}

function operationsOf(record: CallRecord | undefined): string | undefined {
  const operations = record?.operations ?? []
  return operations.length > 1 ? operations.join(',') : operations[0]
}

/** Nothing that belongs to a user. */
function slowLineOf({ id, method, routeOptions, record }: FastifyRequest, { statusCode, elapsedTime }: FastifyReply) {
  return {
    request_id: id,
    method,
    route: routeOptions.url ?? null,
    operation: operationsOf(record),
    status: statusCode,
    ms: Math.round(elapsedTime),
    database_ms: Math.round(record?.database_ms ?? 0),
  }
}

/** Whether the response stays open for what happens later. */
export function isStream(reply: FastifyReply): boolean {
  return String(reply.getHeader('content-type')).startsWith('text/event-stream')
}

/** Whether somebody gave a password that is not right. */
export function isFailedSignIn(request: FastifyRequest, reply: FastifyReply): boolean {
  return isSignIn(request) && reply.statusCode === 401
}

export function isSignIn({ method, url }: FastifyRequest): boolean {
  return method === 'POST' && /^\/api\/auth\/sign-in\/email\/?(\?|$)/.test(url)
}
