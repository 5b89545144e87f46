import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import {
  AlwaysOffSampler,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type Sampler,
} from '@opentelemetry/sdk-trace'
import { fastify } from 'fastify'
import { expect, test } from 'vitest'
import { recordRequests } from '../http/request_record.ts'
import { requestTraces } from './request_trace.ts'
import { traceRequests } from './trace_requests.ts'

function traced(sampler?: Sampler) {
  const exporter = new InMemorySpanExporter()
  const spanProcessors = [new SimpleSpanProcessor({ exporter })]
  const provider = new TracerProvider(sampler === undefined ? { spanProcessors } : { spanProcessors, sampler })
  return { traces: requestTraces(provider.getTracer('t')), spans: () => exporter.getFinishedSpans() }
}

const request = { method: 'GET', route: '/before', traceparent: undefined }
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

test('a request has the name and the attributes of the route that it turned out to be', () => {
  const { traces, spans } = traced()
  const trace = traces({ ...request, traceparent: TRACEPARENT })
  trace.end({ route: '/after', status: 404, code: 'task_not_found' })
  const [span] = spans()
  expect(trace.id).toBe('0af7651916cd43dd8448eb211c80319c')
  expect(span).toMatchObject({
    name: 'GET /after',
    kind: SpanKind.SERVER,
    attributes: {
      'http.request.method': 'GET',
      'http.route': '/after',
      'http.response.status_code': 404,
      'error.type': 'task_not_found',
    },
    parentSpanContext: { spanId: 'b7ad6b7169203331', isRemote: true },
  })
})

test.each([
  [200, SpanStatusCode.UNSET],
  [499, SpanStatusCode.UNSET],
  [500, SpanStatusCode.ERROR],
  [503, SpanStatusCode.ERROR],
])('a request that is answered with %i has the status %i', (status, code) => {
  const { traces, spans } = traced()
  traces(request).end({ route: '/', status, code: undefined })
  expect(spans()[0]?.status.code).toBe(code)
  expect(spans()[0]?.attributes).not.toHaveProperty('error.type')
})

test('a statement began as long ago as it took, and is below its operation', () => {
  const { traces, spans } = traced()
  const trace = traces(request)
  const operation = trace.begin('task.list')
  operation.statement('task_list_0123456789ab', 2500)
  operation.end('overloaded')
  trace.end({ route: '/', status: 503, code: 'overloaded' })
  const [statement, of, http] = spans()
  expect(statement).toMatchObject({
    name: 'task_list',
    kind: SpanKind.CLIENT,
    duration: [2, 500_000_000],
    attributes: { 'db.system.name': 'postgresql', 'db.query.summary': 'task_list' },
  })
  expect(of).toMatchObject({
    name: 'task.list',
    attributes: { 'taskwire.operation': 'task.list', 'error.type': 'overloaded' },
  })
  expect(statement?.parentSpanContext?.spanId).toBe(of?.spanContext().spanId)
  expect(of?.parentSpanContext?.spanId).toBe(http?.spanContext().spanId)
})

test('a request that is not sampled has no id for the log', () => {
  const { traces, spans } = traced(new AlwaysOffSampler())
  const trace = traces(request)
  trace.end({ route: '/', status: 200, code: undefined })
  expect([trace.id, spans()]).toEqual([undefined, []])
})

test('each request ends its trace, and that of a health check has none', async () => {
  const { traces, spans } = traced()
  const app = fastify()
  recordRequests(app)
  traceRequests(app, traces)
  app.get('/health/ready', () => '')
  app.get('/tasks/:id', ({ record }) => ({ isRecorded: record?.trace !== undefined }))
  app.get('/fails', ({ record }) => {
    if (record !== undefined) record.code = 'internal_error'
    throw new Error('failed')
  })
  await app.inject({ url: '/health/ready' })
  expect((await app.inject({ url: '/tasks/1', headers: { traceparent: TRACEPARENT } })).json()).toEqual({
    isRecorded: true,
  })
  await app.inject({ url: '/fails' })
  await app.inject({ url: '/of/nobody' })
  expect(spans().map(({ name, attributes }) => [name, attributes['error.type']])).toEqual([
    ['GET /tasks/:id', undefined],
    ['GET /fails', 'internal_error'],
    ['GET unknown', undefined],
  ])
  expect(spans()[0]?.parentSpanContext?.spanId).toBe('b7ad6b7169203331')
})
