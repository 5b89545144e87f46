import type { Assistant } from '@taskwire/api'
import { newUser } from '@taskwire/api/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TaskwireError } from './error.ts'
import type { RouterOutputs } from './router.ts'
import { faultyFetch, lineTo, proxyAnswer, testServer, type TestServer } from '../testing/server.ts'

type Events = RouterOutputs['chat']['stream']

/** An assistant that streams its words one by one and counts the answers that it started and that were aborted. */
function scripted() {
  const seen = { begun: 0, left: 0 }
  const assistant: Assistant = {
    async answer({ message, onDelta, signal }) {
      seen.begun++
      signal.addEventListener('abort', () => seen.left++)
      const words = ['You', ' said', ` ${message}`]
      for (const word of words) {
        onDelta?.(word)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      if (message === 'wait') await new Promise((resolve) => signal.addEventListener('abort', resolve))
      return { response: words.join(''), model: 'scripted' }
    },
  }
  return { assistant, seen }
}

const { assistant, seen } = scripted()
let server: TestServer
beforeAll(async () => {
  server = await testServer({ assistant })
})
afterAll(() => server.close())

async function textOf(events: Events): Promise<string> {
  let text = ''
  for await (const event of events) {
    if (event.type === 'delta') text += event.text
    if (event.type === 'done') expect(event.response).toBe(text)
  }
  return text
}

test('an answer arrives piece by piece', async () => {
  const events = await server.client(newUser()).chat.stream.mutate({ message: 'hello' })
  const types: string[] = []
  for await (const event of events) types.push(event.type)
  expect(types).toEqual(['delta', 'delta', 'delta', 'done'])
})

test('a stream that fails before it starts is retried', async () => {
  const fetch = faultyFetch((n) => (n === 1 ? proxyAnswer(503) : n === 2 ? 'refused' : undefined))
  const events = await server.client(newUser(), { fetch }).chat.stream.mutate({ message: 'hello' })
  expect(await textOf(events)).toBe('You said hello')
  expect(fetch.requests.length).toBe(3)
})

test('a stream whose beginning was lost is retried, and answered once', async () => {
  const before = seen.begun
  const fetch = faultyFetch((n) => (n === 1 ? 'dropped' : undefined))
  const client = server.client(newUser(), { fetch })
  expect(await textOf(await client.chat.stream.mutate({ message: 'hello' }))).toBe('You said hello')
  expect(seen.begun).toBe(before + 1)
})

test('an error is thrown by the call, not by its first event', async () => {
  const call = server.client(newUser()).chat.stream.mutate({ message: 'hello', conversation_id: 7 })
  await expect(call).rejects.toBeInstanceOf(TaskwireError)
  await expect(call).rejects.toMatchObject({ reason: 'conversation_not_found' })
})

test('a stream that is cut in the middle throws a typed error', async () => {
  const line = await lineTo(server.url)
  const events = await server.client(newUser(), { url: line.url }).chat.stream.mutate({ message: 'wait' })
  let text = ''
  const reading = async () => {
    for await (const event of events) {
      if (event.type === 'delta') text += event.text
      if (text.endsWith(' wait')) line.cut()
    }
  }
  await expect(reading()).rejects.toMatchObject({ name: 'TaskwireError', reason: 'unreachable' })
  expect(text).toBe('You said wait')
  line.close()
})

test('exiting the loop over a stream ends the answer', async () => {
  const before = seen.left
  for await (const event of await server.client(newUser()).chat.stream.mutate({ message: 'wait' })) {
    if (event.type === 'delta' && event.text === ' wait') break
  }
  await expect.poll(() => seen.left).toBe(before + 1)
})

test('an abort ends a stream', async () => {
  const leaving = new AbortController()
  const { signal } = leaving
  const before = seen.left
  const events = await server.client(newUser()).chat.stream.mutate({ message: 'wait' }, { signal })
  setTimeout(() => leaving.abort(), 100)
  await expect(textOf(events)).rejects.toMatchObject({ reason: 'aborted' })
  await expect.poll(() => seen.left).toBe(before + 1)
})
