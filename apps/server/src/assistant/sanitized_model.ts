import type { AgentOutputItem, Model, ModelRequest, Usage } from '@openai/agents-core'
import type { TokenUsage } from '@taskwire/api'

/**
 * A model whose output the runner can handle. The runner itself would reject arguments that are not JSON, and send them
 * back to servers that cannot parse them; here they become a JSON string, which our tools reject with their own
 * message. An empty output, as a broken response yields, becomes an error; the runner would call the model again and
 * again. `onUsage` receives what each call used.
 */
export function sanitizedModel(model: Model, onUsage: (usage: TokenUsage) => void): Model {
  return {
    async getResponse(request: ModelRequest) {
      const response = await model.getResponse(request)
      onUsage(tokensOf(response.usage))
      return { ...response, output: repairToolCalls(response.output) }
    },
    async *getStreamedResponse(request: ModelRequest) {
      for await (const event of model.getStreamedResponse(request)) {
        if (event.type !== 'response_done') {
          yield event
          continue
        }
        onUsage(tokensOf(event.response.usage))
        yield { ...event, response: { ...event.response, output: repairToolCalls(event.response.output) } }
      }
    },
  }
}

function tokensOf({ inputTokens, outputTokens }: Pick<Usage, 'inputTokens' | 'outputTokens'>): TokenUsage {
  return { input_tokens: inputTokens, output_tokens: outputTokens }
}

function repairToolCalls<Item extends Pick<AgentOutputItem, 'type'>>(output: readonly Item[]): Item[] {
  if (output.length === 0) throw new Error('the model returned an empty output')
  return output.map(withJsonArguments)
}

function withJsonArguments<Item extends Pick<AgentOutputItem, 'type'>>(item: Item): Item {
  if (item.type !== 'function_call' || !('arguments' in item) || typeof item.arguments !== 'string') return item
  return { ...item, arguments: asJson(item.arguments) }
}

/** The text itself if it is JSON, else a JSON string of it. Some models send an empty text for no arguments. */
function asJson(text: string): string {
  if (text.trim() === '') return '{}'
  try {
    JSON.parse(text)
    return text
  } catch {
    return JSON.stringify(text)
  }
}
