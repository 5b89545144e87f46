import type { AgentOutputItem, Model, ModelRequest, ModelResponse } from '@openai/agents'
import type { NamedModel } from '../agent.ts'
import { agentsSdk, type Sdk } from '../sdk.ts'
import { sceneOf } from './conversation.ts'
import { nextStep } from './next_action.ts'

/**
 * The assistant for those who have no model: a fixed interpreter of plain commands in the place of one, so that all
 * of an agent's loop runs. It has no memory and asks nobody: equal conversations get equal answers.
 */
export const offlineModel: NamedModel = {
  name: 'taskwire-offline',
  create: async () => interpreter(await agentsSdk()),
}

function interpreter({ Usage }: Sdk): Model {
  const usage = () => new Usage({ requests: 1, inputTokens: 0, outputTokens: 0, totalTokens: 0 })
  return {
    async getResponse(request: ModelRequest): Promise<ModelResponse> {
      request.signal?.throwIfAborted()
      return { usage: usage(), output: outputOf(request) }
    },
    async *getStreamedResponse(request: ModelRequest) {
      request.signal?.throwIfAborted()
      const output = outputOf(request)
      yield { type: 'response_started' }
      for (const text of textsOf(output)) yield { type: 'output_text_delta', delta: text }
      yield { type: 'response_done', response: { id: 'offline', usage: { ...noTokens }, output: [...output] } }
    },
  }
}

const noTokens = { inputTokens: 0, outputTokens: 0, totalTokens: 0 }

type Output = Extract<AgentOutputItem, { type: 'function_call' } | { role: 'assistant' }>

function outputOf({ input }: ModelRequest): Output[] {
  const scene = sceneOf(input)
  const step = nextStep(scene)
  if ('say' in step) {
    return [
      { type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: step.say }] },
    ]
  }
  return step.use.map(({ tool, args }, index): Output => {
    const callId = `offline_${scene.past.length}_${scene.done.length + index}`
    return { type: 'function_call', callId, name: tool, arguments: JSON.stringify(args), status: 'completed' }
  })
}

/** What is said, a few words at a time. */
function textsOf(output: readonly Output[]): string[] {
  return output.flatMap((item) =>
    item.type === 'function_call'
      ? []
      : item.content.flatMap((part) =>
          part.type === 'output_text' ? (part.text.match(/(?:\S+\s*){1,4}|\s+/g) ?? []) : [],
        ),
  )
}
