import type { AgentInputItem } from '@openai/agents'
import { z } from 'zod'
import { readToolData } from '../tool_data.ts'

/** A tool that was used, with what came of it. */
export interface Done {
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
  readonly result: Readonly<Record<string, unknown>>
}

/** What the user said and what was done about it. */
export interface Exchange {
  readonly message: string
  readonly done: readonly Done[]
}

/** A conversation as far as the model was shown it: the last exchange is the one to go on with. */
export interface Scene extends Exchange {
  readonly past: readonly Exchange[]
}

/** Reads the SDK's items back into exchanges. */
export function sceneOf(input: string | readonly AgentInputItem[]): Scene {
  const items = typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input
  const exchanges: { message: string; done: Done[] }[] = []
  const calls = new Map<string, { tool: string; args: Record<string, unknown> }>()
  // Before an answer stand the calls that were made for it; all of it follows the user's message.
  for (const item of items) {
    const user = userMessage.safeParse(item).data
    const call = functionCall.safeParse(item).data
    const result = functionResult.safeParse(item).data
    if (user !== undefined) exchanges.push({ message: user.content, done: [] })
    if (call !== undefined) calls.set(call.callId, { tool: call.name, args: call.arguments })
    const called = result && calls.get(result.callId)
    if (called !== undefined) exchanges.at(-1)?.done.push({ ...called, result: result?.output ?? {} })
  }
  const { message, done } = exchanges.pop() ?? { message: '', done: [] }
  return { message, done, past: exchanges }
}

const record = z.record(z.string(), z.unknown())
const json = z.string().transform((text) => record.catch({}).parse(JSON.parse(text)))
const text = z.union([
  z.string(),
  z.object({ text: z.string() }).transform((part) => part.text),
  z.array(z.object({ text: z.string() })).transform((parts) => parts.map((part) => part.text).join('')),
])

const userMessage = z.object({ role: z.literal('user'), content: text })
const functionCall = z.object({
  type: z.literal('function_call'),
  callId: z.string(),
  name: z.string(),
  arguments: json,
})
const functionResult = z.object({
  type: z.literal('function_call_result'),
  callId: z.string(),
  output: text.transform((output) => record.catch({}).parse(readToolData(output))),
})
