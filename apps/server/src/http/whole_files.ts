import type { FastifyInstance } from 'fastify'

/** Serves files completely, whatever part or precondition is requested: @fastify/static throws if one is not satisfied. */
export function ignoreRangesAndPreconditions(app: FastifyInstance): void {
  app.addHook('onRequest', ({ raw: { headers } }, _reply, next) => {
    for (const name of ['if-match', 'if-unmodified-since', 'range']) delete headers[name]
    next()
  })
}
