import type * as agents from '@openai/agents'

export type Sdk = typeof agents

let loading: Promise<Sdk> | undefined

/**
 * The agents SDK. It is loaded by the first answer of a model, because it takes half a second and 50 MB. Importing it
 * installs an exporter that sends traces to OpenAI, which is removed before anything is traced.
 */
export function agentsSdk(): Promise<Sdk> {
  loading ??= import('@openai/agents').then((sdk) => {
    sdk.setTracingDisabled(true)
    sdk.setTraceProcessors([])
    return sdk
  })
  return loading
}
