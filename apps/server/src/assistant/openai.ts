import type { NamedModel } from './agent.ts'
import { agentsSdk } from './sdk.ts'

export interface OpenAiOptions {
  readonly apiKey: string | undefined
  /** Default: OpenAI's own server. */
  readonly baseUrl: string | undefined
  readonly model: string | undefined
  /** The protocol. Default: Responses at OpenAI, Chat Completions elsewhere, where it is what all servers speak. */
  readonly api: 'responses' | 'chat_completions' | undefined
  /** Milliseconds that one call may take. */
  readonly timeout: number
}

/** The SDK's own default. */
export const DEFAULT_MODEL = 'gpt-5.6-luna'

/** A model behind OpenAI's protocols, on whichever server. Calls are made once: a repeat is the user's to decide. */
export function openAiModel({ apiKey, baseUrl, model: name = DEFAULT_MODEL, api, timeout }: OpenAiOptions): NamedModel {
  const responses = api === undefined ? baseUrl === undefined : api === 'responses'
  return {
    name,
    async create() {
      const [sdk, { OpenAI }] = await Promise.all([agentsSdk(), import('openai')])
      const client = new OpenAI({
        // Servers that want no key still get a header.
        apiKey: apiKey ?? 'none',
        baseURL: baseUrl ?? 'https://api.openai.com/v1',
        organization: null,
        project: null,
        maxRetries: 0,
        // The runner's own limit comes first, and says what it was.
        timeout: timeout + 1000,
        logLevel: 'off',
      })
      return responses ? new sdk.OpenAIResponsesModel(client, name) : new sdk.OpenAIChatCompletionsModel(client, name)
    },
  }
}
