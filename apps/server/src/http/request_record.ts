import type { CallRecord } from '@taskwire/api'
import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the log and the metrics tell of the request; absent where it was refused before any hook ran. */
    record?: CallRecord
  }
}

/** Gives every request a record. Call it before other hooks are added. */
export function recordRequests(app: FastifyInstance): void {
  app.decorateRequest('record')
  app.addHook('onRequest', (request, _reply, next) => {
    request.record = { operations: [], database_ms: 0 }
    next()
  })
}
