import { once } from 'node:events'
import type { Services } from '@taskwire/api'
import type { FastifyBaseLogger } from 'fastify'
import type { Env } from '../config/env.ts'
import type { App } from '../http/app.ts'
import { isReady } from '../http/health.ts'
import { adminServer } from '../metrics/admin_server.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { listenError } from './port.ts'
import type { Cleanup } from './shutdown.ts'

export interface ServedMetrics {
  readonly app: App
  readonly services: Pick<Services, 'isWritable'>
  readonly metrics: Metrics
  readonly log: FastifyBaseLogger
}

/** Listens on ADMIN_PORT. It is closed after the server that it reports on. */
export async function serveMetrics(
  { ADMIN_HOST, ADMIN_PORT }: Pick<Env, 'ADMIN_HOST' | 'ADMIN_PORT'>,
  { app, services, metrics, log }: ServedMetrics,
  cleanup: Cleanup,
): Promise<void> {
  const server = adminServer({
    metrics,
    isReady: () => isReady(app, services),
    onError: (error) => log.error({ err: error }, 'metrics cannot be read'),
  })
  cleanup.add(() => {
    server.close()
    server.closeAllConnections()
  })
  server.listen({ host: ADMIN_HOST, port: ADMIN_PORT })
  await once(server, 'listening').catch((error: unknown) => {
    throw listenError(error, ADMIN_HOST, ADMIN_PORT ?? 0, 'ADMIN_')
  })
}
