import type { AgentInputItem } from '@openai/agents'
import type { PastMessage } from '@taskwire/api'
import { toolData } from './tool_data.ts'

/** A longer result of an earlier call is left out: what matters of it was said, and lists go stale. */
const MAX_RESULT = 4000

/** A conversation in the SDK's words: what was said, and before each answer the tools that were used for it. */
export function inputItems(history: readonly PastMessage[], message: string): AgentInputItem[] {
  const past = history.flatMap((said, index) =>
    said.role === 'user' ? [userItem(said.content)] : answerItems(said, index),
  )
  return [...past, userItem(message)]
}

function userItem(content: string): AgentInputItem {
  return { type: 'message', role: 'user', content }
}

function answerItems({ content, tool_calls }: PastMessage, index: number): AgentInputItem[] {
  const calls = tool_calls.map((call, number) => ({ ...call, callId: `past_${index}_${number}` }))
  return [
    ...calls.map(({ tool, args, callId }): AgentInputItem => {
      return { type: 'function_call', callId, name: tool, arguments: JSON.stringify(args), status: 'completed' }
    }),
    ...calls.map(({ tool, result, callId }): AgentInputItem => {
      const text = toolData(result)
      const output = text.length > MAX_RESULT ? toolData({ omitted: 'a long result' }) : text
      return { type: 'function_call_result', callId, name: tool, status: 'completed', output }
    }),
    { type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: content }] },
  ]
}
