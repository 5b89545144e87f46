import type { Assistant } from '@taskwire/api'
import { offlineAssistant } from '@taskwire/assistant'
import { newUser, signedToken } from '@taskwire/api/testing'
import { createTRPCClient, httpBatchStreamLink } from '@trpc/client'
import type { AppRouter } from '@taskwire/api'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testServer, type TestServer } from '../../testing/server.ts'
import { answeredBy } from '../../testing/assistant.ts'

let server: TestServer
let url: string
const offline = offlineAssistant()
beforeAll(async () => {
  server = await testServer()
  url = await server.listen()
})
afterAll(() => server.close())
beforeEach(() => {
  answeredBy(server.fixture, offline)
})

interface ChatAnswerBody {
  readonly conversation_id: number
  readonly response: string
  readonly tool_calls: readonly { readonly tool: string; readonly args: object; readonly result: object }[]
  readonly model: string
}

type Ask = (user_id: string, message: string, conversation_id: number | null) => Promise<ChatAnswerBody>

/** A server-sent event of a streamed answer. */
interface Event {
  readonly event: string
  readonly data: ChatAnswerBody
}

function eventsIn(text: string): Event[] {
  return [...text.matchAll(/^event: (.+)\ndata: (.+)$/gm)].map(([, event = '', data = '']) => ({
    event,
    data: JSON.parse(data) as ChatAnswerBody,
  }))
}

async function client(user_id: string) {
  const authorization = `Bearer ${await signedToken({ sub: user_id })}`
  return createTRPCClient<AppRouter>({
    links: [httpBatchStreamLink({ url: `${url}/trpc`, headers: { authorization } })],
  })
}

const transports: Record<string, Ask> = {
  async rest(user_id, message, conversation_id) {
    const { status, json } = await server.as(user_id)('POST', `/api/${user_id}/chat`, {
      body: { message, conversation_id },
    })
    expect(status).toBe(200)
    return json
  },
  async 'server-sent events'(user_id, message, conversation_id) {
    const headers = { accept: 'text/event-stream' }
    const { status, text } = await server.as(user_id)('POST', `/api/${user_id}/chat`, {
      headers,
      body: { message, conversation_id },
    })
    expect(status).toBe(200)
    const events = eventsIn(text)
    const last = events.at(-1)
    for (const { event } of events) expect(['delta', 'tool_call', 'done']).toContain(event)
    if (last?.event !== 'done') throw new Error(text)
    expect(events.filter(({ event }) => event === 'tool_call').map(({ data }) => data)).toEqual(last.data.tool_calls)
    return last.data
  },
  async 'tRPC chat.send'(user_id, message, conversation_id) {
    return (await client(user_id)).chat.send.mutate({ message, conversation_id })
  },
  async 'tRPC chat.stream'(user_id, message, conversation_id) {
    for await (const event of await (await client(user_id)).chat.stream.mutate({ message, conversation_id })) {
      if (event.type === 'done') return event
    }
    throw new Error('the stream did not end with done')
  },
}

describe.each(Object.entries(transports))('through %s', (_, ask) => {
  test('the documented commands change the right tasks', async () => {
    const user_id = newUser()
    const api = server.fixture.caller(user_id)
    let conversation_id: number | null = null
    const send = async (message: string) => {
      const answer = await ask(user_id, message, conversation_id)
      conversation_id = answer.conversation_id
      expect(answer.model).toBe('taskwire-offline')
      return answer
    }
    const tools = ({ tool_calls }: ChatAnswerBody) => tool_calls.map(({ tool }) => tool)

    const added = await send('Add a task to buy groceries')
    expect(added.tool_calls).toEqual([
      {
        tool: 'add_task',
        args: { title: 'Buy groceries' },
        result: { task_id: expect.any(Number), status: 'created', title: 'Buy groceries', version: 1, seq: 1 },
      },
    ])
    const [{ task_id } = { task_id: 0 }] = added.tool_calls.map(({ result }) => result as { task_id: number })
    await send('I need to remember to pay bills')
    await api.task.create({ title: 'Meeting with Ann' })

    const all = await send('Show me all my tasks')
    expect(tools(all)).toEqual(['list_tasks'])
    for (const title of ['Buy groceries', 'Pay bills', 'Meeting with Ann']) expect(all.response).toContain(title)

    // The third of the list that was just shown, newest first.
    const completed = await send('Mark task 3 as complete')
    expect(completed.tool_calls).toMatchObject([
      { tool: 'complete_task', args: { task_id }, result: { task_id, status: 'completed', title: 'Buy groceries' } },
    ])
    expect((await send("What's pending?")).response).not.toContain('Buy groceries')
    expect((await send('What have I completed?')).response).toContain('Buy groceries')

    expect(tools(await send('Delete the meeting task'))).toEqual(['list_tasks', 'delete_task'])
    expect((await send('undo that')).tool_calls).toMatchObject([
      { tool: 'undo', result: { title: 'Meeting with Ann' } },
    ])

    await send('list my tasks')
    const changed = await send("Change task 3 to 'Call mom tonight'")
    expect(changed.tool_calls).toMatchObject([{ tool: 'update_task', args: { task_id, title: 'Call mom tonight' } }])

    const { items } = await api.task.list({ sort: 'created', order: 'asc' })
    expect(items.map(({ title, completed: done }) => [title, done])).toEqual([
      ['Call mom tonight', true],
      ['Pay bills', false],
      ['Meeting with Ann', false],
    ])
    const { changes } = await api.change.list({ since: 0, conversation_id: conversation_id ?? 0 })
    expect(changes).toHaveLength(6)
    expect(changes.every(({ via }) => via === 'chat')).toBe(true)
  })
})

describe('the routes', () => {
  const chat = (user_id: string) => `/api/${user_id}/chat`

  test('conversations and messages are bare arrays, and a deleted conversation is not found', async () => {
    const user_id = newUser()
    const send = server.as(user_id)
    const { conversation_id } = (await send('POST', chat(user_id), { body: { message: 'hello' } })).json
    const list = await send('GET', `/api/${user_id}/conversations`)
    expect(list.json).toEqual([
      { id: conversation_id, user_id, title: 'hello', created_at: expect.any(String), updated_at: expect.any(String) },
    ])
    const path = `/api/${user_id}/conversations/${conversation_id}`
    const messages = await send('GET', `${path}/messages?limit=1`)
    expect(messages.json).toEqual([
      {
        id: expect.any(Number),
        conversation_id,
        user_id,
        role: 'user',
        content: 'hello',
        created_at: expect.stringMatching(/Z$/),
      },
    ])
    const next = /^<(.+)>; rel="next"$/.exec(messages.headers['link'] ?? '')?.[1] ?? ''
    expect((await send('GET', next)).json).toMatchObject([{ role: 'assistant' }])
    expect(await send('DELETE', path)).toMatchObject({ status: 204, text: '' })
    for (const gone of [await send('DELETE', path), await send('GET', `${path}/messages`)]) {
      expect(gone).toMatchObject({
        status: 404,
        json: { detail: 'Conversation not found', code: 'conversation_not_found' },
      })
    }
  })

  test.for([
    [{ message: ' ' }, 422, ['body', 'message']],
    [{}, 422, ['body', 'message']],
    [{ message: 'x'.repeat(4001) }, 422, ['body', 'message']],
    [{ message: 7 }, 422, ['body', 'message']],
    [{ message: 'hi', conversation_id: 'one' }, 422, ['body', 'conversation_id']],
    [{ message: 'hi', conversation_id: -1 }, 422, ['body', 'conversation_id']],
    [{ message: 'hi', user_id: 'bob' }, 422, ['body', 'user_id']],
    [{ message: 'hi', idempotency_key: 'k' }, 422, ['body', 'idempotency_key']],
  ] as const)('the body %j is %i at %j', async ([body, status, loc]) => {
    const user_id = newUser()
    const answer = await server.as(user_id)('POST', chat(user_id), { body })
    expect(answer).toMatchObject({ status, json: { code: 'validation_failed', detail: [{ loc }] } })
  })

  test('a message of a megabyte is 413, a missing token 401, and a token of another user 403', async () => {
    const user_id = newUser()
    const send = server.as(user_id)
    expect(await send('POST', chat(user_id), { body: { message: 'x'.repeat(1 << 20) } })).toMatchObject({
      status: 413,
      json: { code: 'payload_too_large' },
    })
    expect((await server.send('POST', chat(user_id), { body: { message: 'hi' } })).status).toBe(401)
    expect((await send('POST', chat('somebody'), { body: { message: 'hi' } })).status).toBe(403)
  })

  test.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/json, text/plain, */*', 'application/json'],
    ['text/event-stream;q=0, application/json', 'application/json'],
    ['text/event-stream; q=0.0', 'application/json'],
    ['text/event-stream;q=0.5', 'text/event-stream'],
    ['Text/Event-Stream', 'text/event-stream'],
  ])('a request that accepts %j gets a response of type %s', async (accept, type) => {
    const user_id = newUser()
    const headers: Record<string, string> = accept === undefined ? {} : { accept }
    const answer = await server.as(user_id)('POST', chat(user_id), { headers, body: { message: 'hi' } })
    expect(answer.headers['content-type']).toContain(type)
  })

  test.for(['application/json', 'text/event-stream'])(
    'a model that fails at once is 503 for a request that accepts %s',
    async (accept) => {
      const user_id = newUser()
      answeredBy(server.fixture, failing())
      const answer = await server.as(user_id)('POST', chat(user_id), { headers: { accept }, body: { message: 'hi' } })
      expect(answer).toMatchObject({
        status: 503,
        json: {
          detail: 'The model does not answer',
          code: 'model_unavailable',
          request_id: expect.any(String),
          conversation_id: expect.any(Number),
          tool_calls: [],
        },
      })
      expect(answer.headers['retry-after']).toBe('5')
      expect(Object.keys(answer.json).toSorted()).toEqual([
        'code',
        'conversation_id',
        'detail',
        'request_id',
        'tool_calls',
      ])
    },
  )

  test('a stream that fails after it has started ends with an error event', async () => {
    const user_id = newUser()
    answeredBy(server.fixture, failing('This goes well until'))
    const headers = { accept: 'text/event-stream' }
    const { status, text } = await server.as(user_id)('POST', chat(user_id), { headers, body: { message: 'hi' } })
    expect(status).toBe(200)
    expect(eventsIn(text)).toMatchObject([
      { event: 'delta', data: { text: 'This goes well until' } },
      { event: 'error', data: { code: 'model_unavailable', detail: 'The model does not answer', tool_calls: [] } },
    ])
  })

  test('a retry with the same key in the header gets the stored answer', async () => {
    const user_id = newUser()
    const send = server.as(user_id)
    const headers = { 'idempotency-key': 'again' }
    const first = await send('POST', chat(user_id), { headers, body: { message: 'add milk' } })
    const second = await send('POST', chat(user_id), { headers, body: { message: 'add milk', conversation_id: null } })
    expect(second.json).toEqual(first.json)
    const other = await send('POST', chat(user_id), { headers, body: { message: 'add bread' } })
    expect(other).toMatchObject({ status: 422, json: { code: 'idempotency_key_reused' } })
  })

  test.for(['application/json', 'text/event-stream'])(
    'a client that disconnects (%s) aborts the run',
    async (accept) => {
      const user_id = newUser()
      const running = Promise.withResolvers<AbortSignal>()
      const aborted = Promise.withResolvers<void>()
      answeredBy(server.fixture, {
        answer: ({ signal, onDelta }) =>
          new Promise((_, reject) => {
            onDelta?.('Well, ')
            running.resolve(signal)
            signal.addEventListener('abort', () => {
              aborted.resolve()
              reject(new Error('aborted'))
            })
          }),
      })
      const leaving = new AbortController()
      const asked = fetch(url + chat(user_id), {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await signedToken({ sub: user_id })}`,
          'content-type': 'application/json',
          accept,
        },
        body: JSON.stringify({ message: 'hi' }),
        signal: leaving.signal,
      })
      asked.catch(() => {})
      await running.promise
      leaving.abort()
      await expect(aborted.promise).resolves.toBeUndefined()
    },
  )

  test('the rest of the API responds while a model hangs', async () => {
    const user_id = newUser()
    const gate = Promise.withResolvers<void>()
    let calls = 0
    answeredBy(server.fixture, {
      async answer() {
        calls++
        await gate.promise
        throw new Error('down')
      },
    })
    const send = server.as(user_id)
    const hanging = Array.from({ length: 20 }, () => send('POST', chat(user_id), { body: { message: 'hi' } }))
    await expect.poll(() => calls).toBe(20)
    expect((await send('POST', `/api/${user_id}/tasks`, { body: { title: 'Milk' } })).status).toBe(201)
    expect((await send('GET', `/api/${user_id}/tasks`)).json).toHaveLength(1)
    expect((await server.send('GET', '/health/ready')).status).toBe(200)
    gate.resolve()
    expect(new Set((await Promise.all(hanging)).map(({ status }) => status))).toEqual(new Set([503]))
  })
})

function failing(first?: string): Assistant {
  return {
    async answer({ onDelta }) {
      if (first !== undefined) onDelta?.(first)
      throw new Error('down')
    },
  }
}
