import type * as core from '@openai/agents-core'
import type * as models from '@openai/agents-openai'

export type Sdk = typeof core & Pick<typeof models, 'OpenAIChatCompletionsModel' | 'OpenAIResponsesModel'>

let loading: Promise<Sdk> | undefined

/**
 * The agents SDK, without the part for voices. It is loaded by the first answer of a model, because it takes half a second and
 * 50 MB. No exporter sends traces to OpenAI, whatever a later version of the SDK installs by itself.
 */
export function agentsSdk(): Promise<Sdk> {
  loading ??= Promise.all([import('@openai/agents-core'), import('@openai/agents-openai')]).then(([sdk, models]) => {
    sdk.setTracingDisabled(true)
    sdk.setTraceProcessors([])
    const { OpenAIChatCompletionsModel, OpenAIResponsesModel } = models
    return { ...sdk, OpenAIChatCompletionsModel, OpenAIResponsesModel }
  })
  return loading
}
