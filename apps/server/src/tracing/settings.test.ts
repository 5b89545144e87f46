import { expect, test } from 'vitest'
import { tracingSettings } from './settings.ts'

test('without variables the settings are those of the specification', () => {
  expect(tracingSettings({})).toMatchObject({
    protocol: 'http/protobuf',
    maxQueueSize: 2048,
    maxExportBatchSize: 512,
    scheduledDelayMillis: 5000,
    exportTimeoutMillis: 30_000,
    warnings: [],
  })
})

test('each number is that of its own variable', () => {
  const variables = {
    OTEL_BSP_MAX_QUEUE_SIZE: '11',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '7',
    OTEL_BSP_SCHEDULE_DELAY: ' 13 ',
    OTEL_BSP_EXPORT_TIMEOUT: '17',
  }
  expect(tracingSettings(variables)).toMatchObject({
    maxQueueSize: 11,
    maxExportBatchSize: 7,
    scheduledDelayMillis: 13,
    exportTimeoutMillis: 17,
  })
})

test('no more is exported at once than the queue holds', () => {
  expect(tracingSettings({ OTEL_BSP_MAX_QUEUE_SIZE: '100' }).maxExportBatchSize).toBe(100)
})

test.each(['0', '-1', '1.5', '1e3', '9999999999', 'many'])('the number %s is warned about and not used', (text) => {
  const { scheduledDelayMillis, warnings } = tracingSettings({ OTEL_BSP_SCHEDULE_DELAY: text })
  expect(scheduledDelayMillis).toBe(5000)
  expect(warnings).toEqual(['OTEL_BSP_SCHEDULE_DELAY must be a positive whole number: 5000 is used'])
})

test('the protocol of traces comes before that of everything', () => {
  const both = { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }
  expect(tracingSettings(both).protocol).toBe('http/json')
  expect(tracingSettings({ ...both, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: ' ' }).protocol).toBe('http/protobuf')
  expect(tracingSettings({ OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' }).warnings).toEqual([
    'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL must be http/protobuf or http/json: http/protobuf is used',
  ])
})

test.each([
  ['0', '0', 0],
  ['1', '1', 0],
  ['.5', '0.5', 0],
  ['1.0', '1', 0],
  ['1.5', '1', 1],
  ['-0.5', '1', 1],
  ['half', '1', 1],
])('a ratio of %s samples %s, with %i warnings', (text, ratio, count) => {
  const variables = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: text }
  const { sampler, warnings } = tracingSettings(variables)
  expect(sampler.toString()).toBe(`TraceIdRatioBased{${ratio}}`)
  expect(warnings).toHaveLength(count)
})

test('a sampler looks at the trace of the caller only where that is asked for', () => {
  const of = (name: string) => tracingSettings({ OTEL_TRACES_SAMPLER: name }).sampler.toString()
  expect(of('always_on')).toBe('AlwaysOnSampler')
  expect(of('parentbased_always_off')).toContain('root=AlwaysOffSampler')
  expect(of('parentbased_always_on')).toContain('root=AlwaysOnSampler')
})
