import type { AgentOutputItem, Model, ModelRequest } from '@openai/agents'

/**
 * A model whose answers the runner takes as they are meant. Arguments that are no JSON it would take out of our hands,
 * and send back to servers that cannot read them either: they become a JSON text, which our tools refuse in our words.
 * An answer of nothing at all, as garbage comes out, it would ask for again and again.
 */
export function mendedModel(model: Model): Model {
  return {
    async getResponse(request: ModelRequest) {
      const response = await model.getResponse(request)
      return { ...response, output: mended(response.output) }
    },
    async *getStreamedResponse(request: ModelRequest) {
      for await (const event of model.getStreamedResponse(request)) {
        if (event.type !== 'response_done') yield event
        else yield { ...event, response: { ...event.response, output: mended(event.response.output) } }
      }
    },
  }
}

function mended<Item extends Pick<AgentOutputItem, 'type'>>(output: readonly Item[]): Item[] {
  if (output.length === 0) throw new Error('the model answered nothing')
  return output.map(withJsonArguments)
}

function withJsonArguments<Item extends Pick<AgentOutputItem, 'type'>>(item: Item): Item {
  if (item.type !== 'function_call' || !('arguments' in item) || typeof item.arguments !== 'string') return item
  return { ...item, arguments: jsonOf(item.arguments) }
}

/** The text itself if it is JSON. Some models send nothing for no arguments. */
function jsonOf(text: string): string {
  if (text.trim() === '') return '{}'
  try {
    JSON.parse(text)
    return text
  } catch {
    return JSON.stringify(text)
  }
}
