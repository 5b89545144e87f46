import { Usage, type Model, type ModelRequest, type StreamEvent } from '@openai/agents-core'
import type { TokenUsage } from '@taskwire/api'
import { expect, test } from 'vitest'
import { sanitizedModel } from './sanitized_model.ts'

const request: ModelRequest = {
  input: 'Hi',
  modelSettings: {},
  tools: [],
  outputType: 'text',
  handoffs: [],
  tracing: false,
}
const usage = new Usage({ inputTokens: 7, outputTokens: 3, totalTokens: 10 })
type Item = Extract<StreamEvent, { type: 'response_done' }>['response']['output'][number]

const said = (text: string): Item => {
  return { type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text }] }
}
const called = (args: string): Item => {
  return { type: 'function_call', callId: 'a', name: 'add_task', status: 'completed', arguments: args }
}

/** A model that gives this output, whole or streamed. */
function model(output: Item[]): Model {
  return {
    getResponse: async () => ({ usage, output }),
    async *getStreamedResponse(): AsyncGenerator<StreamEvent> {
      yield { type: 'output_text_delta', delta: 'a' }
      const tokens = { inputTokens: 7, outputTokens: 3, totalTokens: 10 }
      yield { type: 'response_done', response: { id: 'r', usage: tokens, output } }
    },
  }
}

/** The output that the runner gets in each form, and what it is told about the use. */
async function runs(output: Item[]) {
  const used: TokenUsage[] = []
  const sanitized = sanitizedModel(model(output), (one) => used.push(one))
  const whole = (await sanitized.getResponse(request)).output
  const events: StreamEvent[] = []
  for await (const event of sanitized.getStreamedResponse(request)) events.push(event)
  const done = events.at(-1)
  return {
    used,
    whole,
    types: events.map(({ type }) => type),
    streamed: done?.type === 'response_done' && done.response.output,
  }
}

test('what each call used is told, whole and streamed, and every event is passed on', async () => {
  const { used, whole, streamed, types } = await runs([said('Hello')])
  expect(used).toEqual([1, 2].map(() => ({ input_tokens: 7, output_tokens: 3 })))
  expect([whole, streamed]).toEqual([[said('Hello')], [said('Hello')]])
  expect(types).toEqual(['output_text_delta', 'response_done'])
})

test.each([
  ['{"title":"x"}', '{"title":"x"}'],
  ['{"title": ', '"{\\"title\\": "'],
  ['milk', '"milk"'],
  ['', '{}'],
  [' \n', '{}'],
])('the arguments %j reach the runner as %j', async (given, args) => {
  const { whole, streamed } = await runs([said('x'), called(given)])
  expect([whole, streamed]).toEqual([1, 2].map(() => [said('x'), called(args)]))
})

test('an output of nothing is an error, and what it used is told all the same', async () => {
  const used: TokenUsage[] = []
  const sanitized = sanitizedModel(model([]), (one) => used.push(one))
  await expect(sanitized.getResponse(request)).rejects.toThrow('empty output')
  const streamed = async () => {
    for await (const _ of sanitized.getStreamedResponse(request)) continue
  }
  await expect(streamed()).rejects.toThrow('empty output')
  expect(used).toHaveLength(2)
})
