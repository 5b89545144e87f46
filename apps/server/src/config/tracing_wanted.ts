/** Whether OpenTelemetry's variables ask for traces. Without any of its packages, which are loaded only then. */
export function isTracingWanted(variables: Readonly<Record<string, string | undefined>>): boolean {
  const valueOf = (name: string) => variables[name]?.trim() ?? ''
  if (valueOf('OTEL_SDK_DISABLED').toLowerCase() === 'true' || valueOf('OTEL_TRACES_EXPORTER') === 'none') return false
  return ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'].some((name) => valueOf(name) !== '')
}
