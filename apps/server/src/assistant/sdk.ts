import type * as agents from '@openai/agents'

export type Sdk = typeof agents

let loading: Promise<Sdk> | undefined

/**
 * The agents SDK, loaded when the first answer needs it: it takes half a second and 50 MB. Importing it installs an
 * exporter that would send traces to its maker; that is removed before anything can be traced.
 */
export function agentsSdk(): Promise<Sdk> {
  loading ??= import('@openai/agents').then((sdk) => {
    sdk.setTracingDisabled(true)
    sdk.setTraceProcessors([])
    return sdk
  })
  return loading
}
