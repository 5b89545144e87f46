import type { FastifyInstance } from 'fastify'

/** Files are answered whole to who asks for a part or under a precondition: what reads files throws where that fails. */
export function answerWholeFiles(app: FastifyInstance): void {
  app.addHook('onRequest', ({ raw: { headers } }, _reply, next) => {
    for (const name of ['if-match', 'if-unmodified-since', 'range']) delete headers[name]
    next()
  })
}
