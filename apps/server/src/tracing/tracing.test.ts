import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openReceiver, type Receiver } from '../../testing/tracing/receiver.ts'
import { isTracingWanted } from '../config/tracing_wanted.ts'
import { reportFailures } from './exporter.ts'
import type { RequestTraces } from './request_trace.ts'
import { tracingSettings } from './settings.ts'
import { openTracing } from './tracing.ts'

const PARENT = '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331'
const LONG = 60_000
let receiver: Receiver

beforeEach(async () => {
  receiver = await openReceiver()
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await receiver.close()
})

async function open(variables: Record<string, string> = {}, flushMs = LONG) {
  const all = {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_BSP_SCHEDULE_DELAY: '600000',
    // An export that takes longer is given up or sent again, and spans are counted here.
    OTEL_EXPORTER_OTLP_TIMEOUT: String(LONG),
    OTEL_BSP_EXPORT_TIMEOUT: String(LONG),
    ...variables,
  }
  // The exporter reads them by itself.
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value)
  const warnings: string[] = []
  const log = { warn: (...words: unknown[]) => void warnings.push(String(words.at(-1))) }
  return { ...(await openTracing(all, log, flushMs)), warnings }
}

function traceOne(traces: RequestTraces, traceparent?: string): void {
  const trace = traces({ method: 'GET', route: '/api/:user_id/tasks', traceparent })
  const operation = trace.begin('task.list')
  operation.statement('task_list_0123456789ab', 2)
  operation.end()
  trace.end({ route: '/api/:user_id/tasks', status: 200, code: undefined })
}

test('closing sends what is queued, as JSON', async () => {
  const { requests, close } = await open({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' })
  traceOne(requests, `00-${PARENT}-01`)
  expect(receiver.bodies).toEqual([])
  await close()
  expect(receiver.spans().map(({ name }) => name)).toEqual(['task_list', 'task.list', 'GET /api/:user_id/tasks'])
  expect(new Set(receiver.spans().map(({ traceId }) => traceId))).toEqual(new Set([PARENT.split('-')[0]]))
})

test('traces are sent as protobuf unless JSON is asked for', async () => {
  const { requests, close } = await open()
  traceOne(requests)
  await close()
  expect(receiver.bodies.map(({ type }) => type)).toEqual(['application/x-protobuf'])
  expect(receiver.bodies[0]?.text).toContain('task.list')
})

test('a caller whose trace is not sampled is not traced', async () => {
  const { requests, close } = await open({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' })
  traceOne(requests, `00-${PARENT}-00`)
  traceOne(requests)
  await close()
  expect(receiver.spans().filter(({ traceId }) => PARENT.startsWith(traceId))).toEqual([])
  expect(receiver.spans()).toHaveLength(3)
})

test('a malformed traceparent begins a trace of our own', async () => {
  const { requests, close } = await open({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' })
  for (const bad of ['', 'x', `ff-${PARENT}-01`, `00-${'0'.repeat(32)}-b7ad6b7169203331-01`]) traceOne(requests, bad)
  await close()
  const servers = receiver.spans().filter(({ kind }) => kind === 2)
  expect(servers).toHaveLength(4)
  expect(servers.filter(({ parentSpanId }) => parentSpanId !== undefined && parentSpanId !== '')).toEqual([])
  expect(new Set(servers.map(({ traceId }) => traceId)).size).toBe(4)
})

test('spans beyond the queue are dropped while the collector hangs', async () => {
  receiver.hold()
  const queue = { OTEL_BSP_MAX_QUEUE_SIZE: '10', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '5' }
  const { requests, close } = await open({ ...queue, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' })
  for (let n = 0; n < 1000; n++) traceOne(requests)
  await expect.poll(() => receiver.bodies.length, { timeout: 60_000 }).toBe(1)
  receiver.release()
  await close()
  expect(receiver.spans()).toHaveLength(15)
})

test('closing does not wait for a collector that hangs', async () => {
  receiver.hold()
  const never = '600000'
  const limits = { OTEL_EXPORTER_OTLP_TIMEOUT: never, OTEL_BSP_EXPORT_TIMEOUT: never }
  const { requests, close } = await open(limits, 10)
  traceOne(requests)
  let isClosed = false
  const closed = close().then(() => (isClosed = true))
  await expect.poll(() => isClosed).toBe(true)
  receiver.release()
  await closed
})

test('a collector that is away is reported once', async () => {
  await receiver.close()
  const { requests, close, warnings } = await open({
    OTEL_EXPORTER_OTLP_TIMEOUT: '50',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '3',
  })
  for (let n = 0; n < 5; n++) traceOne(requests)
  await close()
  expect(warnings).toEqual(['traces cannot be exported'])
  receiver = await openReceiver()
})

test('a failure after a success is reported again', () => {
  const codes = [1, 1, 0, 1]
  const exporter = {
    export: (_spans: unknown, done: (result: { code: number }) => void) => done({ code: codes.shift() ?? 0 }),
    shutdown: async () => {},
  }
  let reported = 0
  const reporting = reportFailures(exporter, () => reported++)
  for (let n = 0; n < 4; n++) reporting.export([], () => {})
  expect(reported).toBe(2)
})

test.each([
  [{}, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c' }, true],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c' }, true],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_SDK_DISABLED: 'TRUE' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_TRACES_EXPORTER: 'none' }, false],
])('with %j traces are wanted: %s', (variables, wanted) => {
  expect(isTracingWanted(variables)).toBe(wanted)
})

test('a variable that cannot be used is warned about and its default taken', () => {
  const settings = tracingSettings({
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_TRACES_SAMPLER: 'jaeger_remote',
    OTEL_BSP_MAX_QUEUE_SIZE: '-1',
  })
  expect(settings).toMatchObject({ protocol: 'http/protobuf', maxQueueSize: 2048, maxExportBatchSize: 512 })
  expect(settings.warnings).toEqual([
    'OTEL_BSP_MAX_QUEUE_SIZE must be a positive whole number: 2048 is used',
    'OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf or http/json: http/protobuf is used',
    'OTEL_TRACES_SAMPLER must be always_on, always_off or traceidratio, also with parentbased_ in front: parentbased_always_on is used',
  ])
})

test('samplers are those of the variables', () => {
  const sampler = (name: string, argument = '0.25') =>
    tracingSettings({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument }).sampler.toString()
  expect(sampler('always_off')).toBe('AlwaysOffSampler')
  expect(sampler('traceidratio')).toBe('TraceIdRatioBased{0.25}')
  expect(sampler('parentbased_traceidratio')).toContain('root=TraceIdRatioBased{0.25}')
  expect(tracingSettings({}).sampler.toString()).toContain('root=AlwaysOnSampler')
})
