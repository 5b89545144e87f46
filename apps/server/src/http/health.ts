import type { Services } from '@taskwire/api'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    /** True while the server drains: it is not ready any more, and connections close after their response. */
    stopping: boolean
  }
}

const DATABASE_TIMEOUT_MS = 2000

/** Liveness and readiness checks. Neither requires a token. */
export function healthRoutes({ services: { db } }: { readonly services: Pick<Services, 'db'> }): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    app.get('/health', () => ({ status: 'healthy', service: 'todo-backend' }))
    app.get('/health/ready', async (_request, reply) => {
      const ready = !app.stopping && (await succeeds(() => db.$queryRaw`SELECT 1`))
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'unavailable' })
    })
  }
}

/** Adds the flag `stopping`: while it is set, every response closes its connection, also one that was in progress. */
export function closeConnectionsWhileStopping(app: FastifyInstance): void {
  app.decorate('stopping', false)
  app.addHook('onSend', (_request, reply, _payload, next) => {
    if (app.stopping) reply.header('connection', 'close')
    next()
  })
}

async function succeeds(query: () => PromiseLike<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), DATABASE_TIMEOUT_MS)))
  try {
    return await Promise.race([query().then(() => true), timeout])
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}
