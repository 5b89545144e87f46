import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  type Sampler,
} from '@opentelemetry/sdk-trace'

export type Variables = Readonly<Record<string, string | undefined>>

export interface TracingSettings {
  readonly protocol: 'http/protobuf' | 'http/json'
  readonly sampler: Sampler
  readonly maxQueueSize: number
  readonly maxExportBatchSize: number
  readonly scheduledDelayMillis: number
  readonly exportTimeoutMillis: number
  /** Variables that are not used as they are, a line each. */
  readonly warnings: readonly string[]
}

/**
 * The variables that the exporter does not read itself. As the specification asks, a value that cannot be used is warned
 * about, and the default taken.
 */
export function tracingSettings(variables: Variables): TracingSettings {
  const warnings: string[] = []
  const number = (name: string, fallback: number) => {
    const text = valueOf(variables, name)
    if (text === undefined || /^[1-9]\d{0,8}$/.test(text)) return Number(text ?? fallback)
    warnings.push(`${name} must be a positive whole number: ${fallback} is used`)
    return fallback
  }
  const maxQueueSize = number('OTEL_BSP_MAX_QUEUE_SIZE', 2048)
  return {
    protocol: protocolOf(variables, warnings),
    sampler: samplerOf(variables, warnings),
    maxQueueSize,
    maxExportBatchSize: Math.min(number('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512), maxQueueSize),
    scheduledDelayMillis: number('OTEL_BSP_SCHEDULE_DELAY', 5000),
    exportTimeoutMillis: number('OTEL_BSP_EXPORT_TIMEOUT', 30_000),
    warnings,
  }
}

function protocolOf(variables: Variables, warnings: string[]): TracingSettings['protocol'] {
  const names = ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL']
  const name = names.find((one) => valueOf(variables, one) !== undefined)
  const protocol = name === undefined ? 'http/protobuf' : valueOf(variables, name)
  if (protocol === 'http/json' || protocol === 'http/protobuf') return protocol
  warnings.push(`${name} must be http/protobuf or http/json: http/protobuf is used`)
  return 'http/protobuf'
}

function samplerOf(variables: Variables, warnings: string[]): Sampler {
  const name = valueOf(variables, 'OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on'
  const [, isParentBased, kind] = /^(parentbased_)?(always_on|always_off|traceidratio)$/.exec(name) ?? []
  if (kind === undefined) {
    const must = 'must be always_on, always_off or traceidratio, also with parentbased_ in front'
    warnings.push(`OTEL_TRACES_SAMPLER ${must}: parentbased_always_on is used`)
    return new ParentBasedSampler({ root: new AlwaysOnSampler() })
  }
  const root = rootSampler(kind, () => ratioOf(variables, warnings))
  return isParentBased === undefined ? root : new ParentBasedSampler({ root })
}

function rootSampler(kind: string, ratio: () => number): Sampler {
  if (kind === 'traceidratio') return new TraceIdRatioBasedSampler(ratio())
  return kind === 'always_off' ? new AlwaysOffSampler() : new AlwaysOnSampler()
}

function ratioOf(variables: Variables, warnings: string[]): number {
  const text = valueOf(variables, 'OTEL_TRACES_SAMPLER_ARG') ?? '1'
  if (/^(0(\.\d+)?|1(\.0+)?|\.\d+)$/.test(text)) return Number(text)
  warnings.push('OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1: 1 is used')
  return 1
}

function valueOf(variables: Variables, name: string): string | undefined {
  return variables[name]?.trim() || undefined
}
