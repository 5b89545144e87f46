import type { Assistant } from '@taskwire/api'
import { offlineAssistant } from '@taskwire/assistant'
import type { Env } from '../config/env.ts'
import { agentAssistant, limits } from './agent.ts'
import { openAiModel } from './openai.ts'

/** The assistant that is configured: a model behind one of OpenAI's protocols or, without a model, the offline one. */
export function configuredAssistant(env: Env): Assistant {
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl, OPENAI_MODEL: model, OPENAI_API: api } = env
  if (apiKey === undefined && baseUrl === undefined) return offlineAssistant()
  return agentAssistant(openAiModel({ apiKey, baseUrl, model, api, timeoutMs: limits.callMs }))
}
