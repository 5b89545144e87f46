import type { Services } from '@taskwire/api'
import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    /** Set when the server drains: it is not ready any more, and connections close after their answer. */
    stopping: boolean
  }
}

const DATABASE_DEADLINE_MS = 2000

/** Whether the process lives, and whether it can serve. Neither needs a token. */
export function healthRoutes(app: FastifyInstance, { db }: Pick<Services, 'db'>): void {
  app.get('/health', () => ({ status: 'healthy', service: 'todo-backend' }))
  app.get('/health/ready', async (_request, reply) => {
    const ready = !app.stopping && (await answers(() => db.$queryRaw`SELECT 1`))
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'unavailable' })
  })
}

async function answers(query: () => PromiseLike<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), DATABASE_DEADLINE_MS)))
  try {
    return await Promise.race([query().then(() => true), deadline])
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}
