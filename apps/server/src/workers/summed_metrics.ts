import { once } from 'node:events'
import type { FastifyBaseLogger } from 'fastify'
import { AggregatorRegistry, type MetricObject } from 'prom-client'
import type { Env } from '../config/env.ts'
import { adminServer } from '../metrics/admin_server.ts'
import { listenError } from '../process/port.ts'
import type { Cleanup } from '../process/shutdown.ts'
import type { WorkerGroup } from './worker_group.ts'

type Metric = MetricObject

export interface SummedMetrics {
  readonly workers: Pick<WorkerGroup, 'ask' | 'onLost'>
  readonly log: FastifyBaseLogger
}

/** Listens on ADMIN_PORT for all workers together. */
export async function serveSummedMetrics(
  { ADMIN_HOST, ADMIN_PORT }: Pick<Env, 'ADMIN_HOST' | 'ADMIN_PORT'>,
  { workers, log }: SummedMetrics,
  cleanup: Cleanup,
): Promise<void> {
  const sums = metricSums()
  workers.onLost((number) => sums.lose(number))
  const server = adminServer({
    metrics: {
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      async text() {
        for (const { number, answer } of await workers.ask('metrics')) sums.set(number, answer as Metric[])
        return sums.text()
      },
    },
    isReady: async () => (await workers.ask('ready')).some(({ answer }) => answer === true),
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

/** The metrics of all workers, in which what lost ones had counted stays: a counter must not go down. */
export function metricSums() {
  const latest = new Map<number, Metric[]>()
  let lost: Metric[] = []
  return {
    set: (number: number, metrics: Metric[]) => void latest.set(number, metrics),
    lose(number: number): void {
      const counted = (latest.get(number) ?? []).filter(({ type }) => isCounted(String(type)))
      latest.delete(number)
      lost = AggregatorRegistry.aggregate([lost, counted]).getMetricsAsArray()
    },
    text: () => AggregatorRegistry.aggregate([...latest.values(), lost]).metrics(),
  }
}

function isCounted(type: string): boolean {
  return type === 'counter' || type === 'histogram'
}
