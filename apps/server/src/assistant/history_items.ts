import type { AgentInputItem } from '@openai/agents-core'
import type { PastMessage } from '@taskwire/api'
import { toolData } from './tool_data.ts'

/** Longer results of earlier calls are omitted: the answer said what matters of them, and lists become outdated. */
const MAX_RESULT = 4000

/** A conversation as the SDK's items: its messages, and before each answer the tool calls that were made for it. */
export function historyItems(history: readonly PastMessage[], message: string): AgentInputItem[] {
  const past = history.flatMap((each, index) =>
    each.role === 'user' ? [userItem(each.content)] : answerItems(each, index),
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
