import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { FastifyBaseLogger } from 'fastify'
import { taskwireVersion } from '../config/version.ts'
import { otlpExporter, reportFailures } from './exporter.ts'
import { requestTraces, type RequestTraces } from './request_trace.ts'
import { tracingSettings, type Variables } from './settings.ts'

export interface Tracing {
  readonly requests: RequestTraces
  /** Sends what is left, unless that takes too long. */
  readonly close: () => Promise<void>
}

/** A stop waits no longer for the collector. */
const FLUSH_MS = 1000

/**
 * Exports traces to an OpenTelemetry collector. Spans wait in a bounded queue; what does not fit, or cannot be sent, is
 * dropped. The provider is not the global one: libraries that look for that would add spans with values of users.
 */
export async function openTracing(
  variables: Variables,
  log: Pick<FastifyBaseLogger, 'warn'>,
  flushMs = FLUSH_MS,
): Promise<Tracing> {
  const { protocol, sampler, warnings, ...batches } = tracingSettings(variables)
  for (const warning of warnings) log.warn(warning)
  const exporter = reportFailures(await otlpExporter(protocol), (error) =>
    log.warn({ reason: error?.message }, 'traces cannot be exported'),
  )
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(ownResource())
      .merge(detectResources({ detectors: [envDetector] })),
    sampler,
    spanProcessors: [new BatchSpanProcessor({ exporter, ...batches })],
  })
  return {
    requests: requestTraces(provider.getTracer('taskwire', taskwireVersion())),
    async close() {
      const flushed = provider.shutdown().catch(() => {})
      await Promise.race([flushed, sleep(flushMs, undefined, { ref: false })])
    },
  }
}

/** Each process has an id of its own, so that workers and replicas can be told apart. */
function ownResource() {
  return resourceFromAttributes({
    'service.name': 'taskwire',
    'service.version': taskwireVersion(),
    'service.instance.id': randomUUID(),
  })
}
