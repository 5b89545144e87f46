import type { Services } from '@taskwire/api'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    /** True while the server drains: it is not ready any more, and closes connections once it accepts no new ones. */
    stopping: boolean
    /** While it is set, new requests wait in it until somebody continues them. */
    paused: (() => void)[] | undefined
    /** Whether new connections are accepted. */
    isAccepting: () => boolean
  }
}

const DATABASE_TIMEOUT_MS = 2000

/** Liveness, and readiness: whether the database answers and takes writes. Neither requires a token. */
export function healthRoutes({ services }: { readonly services: Pick<Services, 'isWritable'> }): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    app.get('/health', () => ({ status: 'healthy', service: 'todo-backend' }))
    app.get('/health/ready', async (_request, reply) => {
      const ready = await isReady(app, services)
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'unavailable' })
    })
  }
}

/** Whether requests should be sent here: the server is not stopping, and the database takes writes. */
export async function isReady(
  app: FastifyInstance,
  { isWritable }: Pick<Services, 'isWritable'>,
  timeoutMs = DATABASE_TIMEOUT_MS,
): Promise<boolean> {
  return !app.stopping && (await isTrue(isWritable, timeoutMs))
}

/**
 * Adds the flag `stopping`. While it is set and no connections are accepted, every response closes its connection, also
 * one that was in progress. Earlier the client would only open another connection, which might be reset. While `paused`
 * is set, new requests wait, so that their clients open no further connection.
 */
export function closeConnectionsWhileStopping(app: FastifyInstance): void {
  app.decorate('stopping', false)
  app.decorate('paused', undefined)
  app.decorate('isAccepting', () => app.server.listening)
  app.addHook('onRequest', (_request, _reply, next) => {
    if (app.paused === undefined) next()
    else app.paused.push(next)
  })
  app.addHook('onSend', (_request, reply, _payload, next) => {
    if (app.stopping && !app.isAccepting()) reply.header('connection', 'close')
    next()
  })
}

async function isTrue(check: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), timeoutMs)))
  try {
    return await Promise.race([check(), timeout])
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}
