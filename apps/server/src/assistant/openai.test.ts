import { inspect } from 'node:util'
import { apiErrors, type ApiError, type ChatAnswer, type ChatEvent } from '@taskwire/api'
import { newUser, apiErrorOf, type TestServices } from '@taskwire/api/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { agentAssistant, limits, type Limits } from './agent.ts'
import { fakeOpenAi, type FakeOpenAi, type Reply } from '../../testing/fake_openai.ts'
import { variables } from '../config/variables.ts'
import { DEFAULT_MODEL, openAiModel } from './openai.ts'
import { agentsSdk } from './sdk.ts'
import { answeredBy, chatServices } from '../../testing/assistant.ts'

const inAnHour = new Date(Date.now() + 3_600_000).toUTCString()

/** Short enough for a test, long enough for a busy machine. */
const QUICK: Limits = { ...limits, callMs: 1000, answerMs: 4000 }

let fake: FakeOpenAi
let fixture: TestServices
beforeAll(async () => {
  // Load the SDK first, so that loading does not count against the model's time limit.
  await Promise.all([agentsSdk(), import('openai')])
  fake = await fakeOpenAi()
  fixture = await chatServices(assistant('chat_completions'))
})
afterAll(async () => {
  await fixture.close()
  await fake.close()
})

type Api = 'chat_completions' | 'responses'

function assistant(api: Api, within: Limits = limits) {
  const model = openAiModel({ apiKey: 'sk-test', baseUrl: fake.url, model: 'fake-1', api, timeoutMs: within.callMs })
  return agentAssistant(model, within)
}

/** Sends the replies in order, then the last one for all further requests. */
function replies(...list: Reply[]) {
  const first = fake.requests.length
  fake.script = ({ number }) => list[Math.min(number - first, list.length - 1)] ?? { text: '' }
}

const call = (name: string, args: unknown): Reply => ({ calls: [{ name, arguments: JSON.stringify(args) }] })

function user() {
  return fixture.caller(newUser())
}

/** Sends a message and reads the answer as JSON or as a stream. */
const forms = {
  whole: (api: ReturnType<typeof user>, message: string): Promise<ChatAnswer> => api.chat.send({ message }),
  streamed: async (api: ReturnType<typeof user>, message: string): Promise<ChatAnswer> => {
    const events: ChatEvent[] = []
    for await (const event of await api.chat.stream({ message })) events.push(event)
    const done = events.at(-1)
    if (done?.type !== 'done') throw new Error(`the stream ended with ${JSON.stringify(done)}`)
    const { type: _, ...answer } = done
    expect(events.filter(({ type }) => type === 'tool_call')).toHaveLength(answer.tool_calls.length)
    return answer
  },
}

for (const protocol of ['chat_completions', 'responses'] as const) {
  for (const [form, ask] of Object.entries(forms)) {
    describe(`${protocol}, ${form}`, () => {
      beforeEach(() => {
        answeredBy(fixture, assistant(protocol))
      })

      test('the model is called at the configured path with the configured key', async () => {
        replies({ text: 'Hello.' })
        const answer = await ask(user(), 'Hi')
        expect(answer).toMatchObject({ response: 'Hello.', tool_calls: [], model: 'fake-1' })
        const { path, body, authorization } = fake.requests.at(-1) ?? {}
        expect(path).toBe(protocol === 'responses' ? '/v1/responses' : '/v1/chat/completions')
        expect(body).toMatchObject({ model: 'fake-1' })
        expect(body?.['stream'] ?? false).toBe(form === 'streamed')
        expect(authorization).toBe('Bearer sk-test')
      })

      test('a tool call changes the task and its result goes back to the model as delimited data', async () => {
        const api = user()
        replies(call('add_task', { title: 'Milk </task_data> & <b>' }), { text: 'Added it.' })
        const answer = await ask(api, 'Add milk')
        expect(answer.response).toBe('Added it.')
        expect(answer.tool_calls).toEqual([
          {
            tool: 'add_task',
            args: { title: 'Milk </task_data> & <b>' },
            result: {
              task_id: expect.any(Number),
              status: 'created',
              title: 'Milk </task_data> & <b>',
              version: 1,
              seq: 1,
            },
          },
        ])
        const { items } = await api.task.list({})
        expect(items).toMatchObject([{ title: 'Milk </task_data> & <b>' }])
        const { body } = fake.requests.at(-1) ?? {}
        const sent = [body?.['messages'] ?? body?.['input']].flat().at(-1)
        expect(JSON.stringify(sent)).toMatch(/"<task_data>\{[^<]+\}<\/task_data>"/)
        expect(await api.change.list({ since: 0 })).toMatchObject({
          changes: [{ via: 'chat', conversation_id: answer.conversation_id }],
        })
      })

      test('parallel tool calls all run', async () => {
        const api = user()
        const calls = ['a', 'b', 'c'].map((title) => ({ name: 'add_task', arguments: JSON.stringify({ title }) }))
        replies({ calls }, { text: 'Three.' })
        const answer = await ask(api, 'Add a, b and c')
        expect(answer.tool_calls.map(({ args }) => args['title'])).toEqual(['a', 'b', 'c'])
        expect((await api.task.list({})).items).toHaveLength(3)
      })

      test('the model is told about malformed arguments and may correct them', async () => {
        const api = user()
        replies(
          { calls: [{ name: 'add_task', arguments: '{"title": ' }] },
          call('add_task', { title: 'Milk', colour: 'red' }),
          call('add_task', { title: 'Milk' }),
          { text: 'Done.' },
        )
        const answer = await ask(api, 'Add milk')
        const outcomes = answer.tool_calls.map(({ result }) => result['code'] ?? result['status'])
        expect(outcomes).toEqual(['malformed_json', 'validation_failed', 'created'])
        expect(answer.tool_calls[0]?.result['detail']).toContain('not a valid JSON object')
        expect((await api.task.list({})).items).toMatchObject([{ title: 'Milk' }])
      })

      test('the model is told about an unknown tool', async () => {
        replies(call('send_email', { to: 'x' }), { text: 'I cannot send e-mail.' })
        const answer = await ask(user(), 'Mail it')
        expect(answer).toMatchObject({ response: 'I cannot send e-mail.', tool_calls: [] })
        expect(JSON.stringify(fake.requests.at(-1)?.body)).toContain('There is no tool send_email')
      })

      test('three invalid calls in a row end the answer', async () => {
        const first = fake.requests.length
        replies(call('send_email', {}), { calls: [{ name: 'add_task', arguments: 'milk' }] }, call('add_task', {}), {
          text: 'x',
        })
        expect(await failure(ask(user(), 'Add'))).toMatchObject({ reason: 'model_unavailable' })
        expect(fake.requests.length - first).toBe(3)
      })

      test('a model that never stops calling tools is stopped after eight calls, and the answer says what was done', async () => {
        const api = user()
        const first = fake.requests.length
        fake.script = ({ number }) => call('add_task', { title: `Task ${number}` })
        const answer = await ask(api, 'Go on')
        expect(fake.requests.length - first).toBe(8)
        expect(answer).toMatchObject({ status: 'incomplete', usage: { input_tokens: 56, output_tokens: 24 } })
        expect(answer.tool_calls).toHaveLength((await api.task.list({})).items.length)
        expect(answer.response).toContain(`“Task ${first}”`)
        const { conversation_id } = answer
        expect((await api.conversation.messages({ conversation_id })).items.at(-1)?.content).toBe(answer.response)
      })

      test('a refusal is an answer', async () => {
        const api = user()
        replies({ refusal: 'I will not do that.' })
        const answer = await ask(api, 'Do evil')
        expect(answer.response).toBe('I will not do that.')
        const { items } = await api.conversation.messages({ conversation_id: answer.conversation_id })
        expect(items.map(({ content }) => content)).toEqual(['Do evil', 'I will not do that.'])
      })

      test('what the model used is stored with its answer, and told with it and with its repeat', async () => {
        const api = user()
        replies(call('add_task', { title: 'Milk' }), { text: 'Added.' })
        const answer = await ask(api, 'Add milk')
        const usage = { input_tokens: 14, output_tokens: 6 }
        expect(answer.usage).toEqual(usage)
        const { conversation_id } = answer
        const where = { conversation_id, role: 'assistant' }
        expect(await fixture.database.db.message.findFirst({ where })).toMatchObject(usage)
        replies({ text: 'Hello.' })
        const first = await api.chat.send({ message: 'Hi', idempotency_key: 'k' })
        expect(await api.chat.send({ message: 'Hi', idempotency_key: 'k' })).toEqual(first)
        expect(first.usage).toEqual({ input_tokens: 7, output_tokens: 3 })
      })

      const failures: readonly [string, Reply, string][] = [
        ['is down', { status: 500 }, 'model_unavailable'],
        ['is overloaded', { status: 503, headers: { 'retry-after': '30' } }, 'model_unavailable'],
        ['limits us', { status: 429, headers: { 'retry-after': '30' } }, 'model_rate_limited'],
        ['limits us until a date', { status: 429, headers: { 'retry-after': inAnHour } }, 'model_rate_limited'],
        ['has used up its quota', { status: 429, code: 'insufficient_quota' }, 'model_misconfigured'],
        ['refuses the key', { status: 401 }, 'model_misconfigured'],
        ['is not allowed for the key', { status: 403 }, 'model_misconfigured'],
        ['does not know the model', { status: 404 }, 'model_misconfigured'],
        ['finds the conversation too long', { status: 400, code: 'context_length_exceeded' }, 'conversation_too_long'],
        ['finds the request too large', { status: 413 }, 'conversation_too_long'],
        ['finds the request wrong', { status: 400 }, 'model_unavailable'],
        ['times out behind its gateway', { status: 504 }, 'model_timeout'],
        ['answers HTML', { status: 200, body: '<html>Welcome</html>', type: 'text/html' }, 'model_unavailable'],
        ['answers broken JSON', { status: 200, body: '{"id": "x", "cho' }, 'model_unavailable'],
        ['answers other JSON', { status: 200, body: '{"hello": "world"}' }, 'model_unavailable'],
        ['answers null', { status: 200, body: 'null' }, 'model_unavailable'],
        ['answers an empty body', { status: 200, body: '' }, 'model_unavailable'],
        [
          'sends broken events',
          { status: 200, body: 'data: {"a\n\ndata: 7\n\n', type: 'text/event-stream' },
          'model_unavailable',
        ],
        ['hangs', { hang: 'at once' }, 'model_timeout'],
        ['hangs in the middle', { hang: 'in the middle' }, 'model_timeout'],
        ['breaks the connection', { reset: 'at once' }, 'model_unavailable'],
        ['breaks the connection in the middle', { reset: 'in the middle' }, 'model_unavailable'],
      ]
      test.for(failures)('a model that %s fails with its code, and the message is kept', async ([, reply, reason]) => {
        answeredBy(fixture, assistant(protocol, 'hang' in reply ? QUICK : limits))
        const api = user()
        replies(call('add_task', { title: 'Milk' }), reply)
        const error = await failure(ask(api, 'Add milk'))
        expect(error.reason).toBe(reason)
        const { conversation_id, tool_calls, retry_after } = error.details
        if ('headers' in reply) expect(retry_after).toBeGreaterThanOrEqual(30)
        else expect(retry_after).toBe(apiErrors[error.reason].retry === 'never' ? undefined : 5)
        expect(JSON.stringify([error.details, fixture.logged.map(inspectWhole)])).not.toMatch(/SECRET|ann@example/)
        expect(tool_calls).toMatchObject([{ tool: 'add_task', result: { status: 'created' } }])
        expect((await api.task.list({})).items).toHaveLength(1)
        const { items } = await api.conversation.messages({ conversation_id: conversation_id ?? 0 })
        expect(items).toMatchObject([
          { role: 'user', content: 'Add milk' },
          { role: 'assistant', content: expect.stringContaining('created task') },
        ])
      })
    })
  }
}

describe.each(Object.entries(forms))('a response that does not complete, %s', (_, ask) => {
  beforeEach(() => {
    answeredBy(fixture, assistant('responses'))
  })

  test.each([
    ['failed', 'rate_limit_exceeded', 'model_rate_limited'],
    ['failed', 'insufficient_quota', 'model_misconfigured'],
    ['failed', 'context_length_exceeded', 'conversation_too_long'],
    ['failed', 'server_error', 'model_unavailable'],
    ['incomplete', 'max_output_tokens', 'model_unavailable'],
  ] as const)('because it %s with %s has the code of its cause', async (ended, code, reason) => {
    replies({ ended, code })
    expect(await failure(ask(user(), 'Hi'))).toMatchObject({ reason })
    expect(inspectWhole(fixture.logged.at(-1))).not.toContain('SECRET')
  })

  test('but has the beginning of an answer is that answer', async () => {
    replies({ ended: 'incomplete', code: 'max_output_tokens', text: 'Once upon' })
    expect(await ask(user(), 'A story')).toMatchObject({ response: 'Once upon' })
  })

  test('because its provider withheld it is an answer that says so', async () => {
    replies({ ended: 'incomplete', code: 'content_filter' })
    expect(await ask(user(), 'Hi')).toMatchObject({ response: 'The model’s provider withheld the answer.' })
  })
})

/** Everything that a log could print of a value. */
function inspectWhole(value: unknown): string {
  return inspect(value, { depth: 10, showHidden: true })
}

/** The error that ends an answer, whole or streamed. */
async function failure(answer: Promise<ChatAnswer>): Promise<ApiError> {
  return apiErrorOf(answer)
}

describe('ending early', () => {
  test.for(Object.entries(forms).map(([form]) => form))(
    'a caller that disconnects during a model call ends the run (%s)',
    async (form) => {
      answeredBy(fixture, assistant('chat_completions'))
      replies({ hang: 'at once' })
      const { requests } = fake
      const first = requests.length
      const leaving = new AbortController()
      const user_id = newUser()
      const ctx = await fixture.context(user_id)
      const { appRouter } = await import('@taskwire/api')
      const api = appRouter.createCaller(ctx, { signal: leaving.signal })
      const asked = form === 'whole' ? forms.whole(api, 'Hi') : forms.streamed(api, 'Hi')
      const refused = apiErrorOf(asked)
      await expect.poll(() => requests.length).toBe(first + 1)
      const before = fake.aborted()
      leaving.abort()
      const error = await refused
      await expect.poll(() => fake.aborted()).toBe(before + 1)
      const conversation_id = error.details.conversation_id ?? 0
      // The conversation is free again, and the message is kept.
      replies({ text: 'Here again.' })
      const again = await fixture.caller(user_id).chat.send({ conversation_id, message: 'And now?' })
      expect(again.response).toBe('Here again.')
      const messages = await fixture.caller(user_id).conversation.messages({ conversation_id })
      expect(messages.items.map(({ content }) => content)).toEqual(['Hi', 'And now?', 'Here again.'])
      expect(fixture.logged).not.toContainEqual(expect.objectContaining({ message: 'Internal server error' }))
    },
  )

  test('a process that shuts down ends its running answers with model_unavailable', async () => {
    const stopping = assistant('responses', limits)
    answeredBy(fixture, stopping)
    replies({ hang: 'at once' })
    const first = fake.requests.length
    const refused = apiErrorOf(user().chat.send({ message: 'Hi' }))
    await expect.poll(() => fake.requests.length).toBe(first + 1)
    stopping.close?.()
    expect((await refused).reason).toBe('model_unavailable')
  })
})

test('the model gets the whole conversation, with its earlier tool calls', async () => {
  answeredBy(fixture, assistant('chat_completions'))
  const api = user()
  replies(call('add_task', { title: 'Milk' }), { text: 'Added.' }, { text: 'You said milk.' })
  const { conversation_id } = await api.chat.send({ message: 'Add milk' })
  await api.chat.send({ message: 'What did I say?', conversation_id })
  expect(fake.requests.at(-1)?.body['messages']).toMatchObject([
    { role: 'system' },
    { role: 'user', content: 'Add milk' },
    { role: 'assistant', tool_calls: [{ function: { name: 'add_task' } }] },
    { role: 'tool', content: expect.stringContaining('<task_data>') },
    { role: 'assistant', content: expect.anything() },
    { role: 'user', content: 'What did I say?' },
  ])
})

test('an empty answer is accepted only if the model used a tool', async () => {
  answeredBy(fixture, assistant('responses'))
  replies(call('add_task', { title: 'Milk' }), { text: '' })
  expect(await user().chat.send({ message: 'Add milk' })).toMatchObject({ response: 'Done.' })
  replies({ text: '' })
  expect((await apiErrorOf(user().chat.send({ message: 'Add milk' }))).reason).toBe('model_unavailable')
})

test('a call that fails is not repeated: its user decides about that', async () => {
  for (const api of ['chat_completions', 'responses'] as const) {
    answeredBy(fixture, assistant(api))
    for (const status of [429, 500, 503]) {
      const first = fake.requests.length
      replies({ status, headers: { 'retry-after': '1' } })
      await apiErrorOf(user().chat.send({ message: 'Hi' }))
      expect(fake.requests.length - first).toBe(1)
    }
  }
})

test('servers other than OpenAI are asked for Chat Completions, and need no key', async () => {
  const other = { apiKey: undefined, baseUrl: fake.url, model: undefined, api: undefined, timeoutMs: 60_000 }
  answeredBy(fixture, agentAssistant(openAiModel(other)))
  replies({ text: 'Hello.' })
  expect(await user().chat.send({ message: 'Hi' })).toMatchObject({ model: DEFAULT_MODEL })
  expect(fake.requests.at(-1)).toMatchObject({
    path: '/v1/chat/completions',
    authorization: 'Bearer none',
    body: { model: DEFAULT_MODEL },
  })
  const sdk = await agentsSdk()
  const openAi = openAiModel({ ...other, apiKey: 'sk', baseUrl: undefined })
  expect(await openAi.create()).toBeInstanceOf(sdk.OpenAIResponsesModel)
  expect(await openAiModel({ ...other, api: 'responses' }).create()).toBeInstanceOf(sdk.OpenAIResponsesModel)
})

test("the default model is the SDK's, and the setting names it", async () => {
  expect((await agentsSdk()).getDefaultModel()).toBe(DEFAULT_MODEL)
  expect(variables.shape.OPENAI_MODEL.description).toContain(DEFAULT_MODEL)
})
