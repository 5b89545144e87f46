import type { Assistant } from '@taskwire/api'
import type { Env } from '../config/env.ts'
import { agentAssistant, limits } from './agent.ts'
import { offlineModel } from './offline/assistant.ts'
import { openAiModel } from './openai.ts'

/** The assistant that the environment asks for: a model behind OpenAI's protocols or, with none named, the offline one. */
export function configuredAssistant(env: Env): Assistant {
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl, OPENAI_MODEL: model, OPENAI_API: api } = env
  if (apiKey === undefined && baseUrl === undefined) return agentAssistant(offlineModel)
  return agentAssistant(openAiModel({ apiKey, baseUrl, model, api, timeout: limits.call }))
}
