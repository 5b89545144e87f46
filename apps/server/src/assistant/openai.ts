import type { Model } from '@openai/agents-core'
import type { OpenAI } from 'openai'
import type { NamedModel } from './agent.ts'
import { agentsSdk, type Sdk } from './sdk.ts'
import { assertUsableResponse } from './unsuccessful_response.ts'

export interface OpenAiOptions {
  readonly apiKey: string | undefined
  /** Default: OpenAI's own server. */
  readonly baseUrl: string | undefined
  readonly model: string | undefined
  /** The protocol. Default: Responses for OpenAI's own server, Chat Completions for others, which all support it. */
  readonly api: 'responses' | 'chat_completions' | undefined
  /** The time limit of one call. */
  readonly timeoutMs: number
}

/** The SDK's own default. */
export const DEFAULT_MODEL = 'gpt-5.6-luna'

/** A model behind one of OpenAI's protocols, on any server. Calls are not retried: the user decides about that. */
export function openAiModel({
  apiKey,
  baseUrl,
  model: name = DEFAULT_MODEL,
  api,
  timeoutMs,
}: OpenAiOptions): NamedModel {
  const responses = api === undefined ? baseUrl === undefined : api === 'responses'
  return {
    name,
    async create() {
      const [sdk, openai] = await Promise.all([agentsSdk(), import('openai')])
      const client = new openai.OpenAI({
        // The client requires a key, even for servers that do not.
        apiKey: apiKey ?? 'none',
        baseURL: baseUrl ?? 'https://api.openai.com/v1',
        organization: null,
        project: null,
        maxRetries: 0,
        // Later than the runner's own limit, whose error is the more precise one.
        timeout: timeoutMs + 1000,
        logLevel: 'off',
      })
      return responses ? responsesModel(sdk, client, name) : new sdk.OpenAIChatCompletionsModel(client, name)
    },
  }
}

/** The SDK reduces a failed response to the word "failed"; this is the place where it judges one, whole or streamed. */
function responsesModel(sdk: Sdk, client: OpenAI, name: string): Model {
  return Object.assign(new sdk.OpenAIResponsesModel(client, name), {
    _getUnsuccessfulResponseTerminalType: (response: unknown, event?: string) => {
      assertUsableResponse(response)
      return response === undefined || response === null ? event : undefined
    },
  })
}
