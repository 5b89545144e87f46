import { expect, test } from 'vitest'
import type { Client } from '../client.ts'
import { streamAnswer, type StreamingAnswer } from './stream_answer.ts'

/** A server that answers with these events. */
function serverOf(events: readonly object[]) {
  const asked: unknown[] = []
  const mutate = async (...input: unknown[]) => {
    asked.push(input)
    return (async function* () {
      yield* events
    })()
  }
  return { client: { chat: { stream: { mutate } } } as unknown as Client, asked }
}

const { signal } = new AbortController()

test('an answer is reported as it arrives, and the last event has all of it', async () => {
  const call = { type: 'tool_call', tool: 'task_create', args: {}, result: {} }
  const { client, asked } = serverOf([
    { type: 'delta', text: 'You ' },
    call,
    { type: 'delta', text: 'sai' },
    { type: 'done', response: 'You said hello', tool_calls: [call, call], conversation_id: 9 },
  ])
  const told: StreamingAnswer[] = []
  const request = { message: 'hello', conversation_id: undefined }
  expect(await streamAnswer(client, request, { signal, onProgress: (running) => told.push(running) })).toBe(9)
  expect(told.map(({ text, calls }) => [text, calls.length])).toEqual([
    ['You ', 0],
    ['You ', 1],
    ['You sai', 1],
    ['You said hello', 2],
  ])
  expect(told.every(({ question }) => question === 'hello')).toBe(true)
  expect(asked).toEqual([[request, { signal }]])
})

test('an answer that ends early keeps the conversation that it was asked in', async () => {
  const { client } = serverOf([{ type: 'delta', text: 'You' }])
  expect(await streamAnswer(client, { message: 'hello', conversation_id: 4 }, { signal, onProgress: () => {} })).toBe(4)
})
