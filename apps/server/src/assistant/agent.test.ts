import { getEventListeners } from 'node:events'
import { Usage, type AgentOutputItem, type Model } from '@openai/agents-core'
import type { AssistantRequest, AssistantTool } from '@taskwire/api'
import { beforeAll, expect, test } from 'vitest'
import { agentAssistant, limits } from './agent.ts'
import { agentsSdk } from './sdk.ts'

// A day: only the limit that a test sets comes.
const DAY_MS = 86_400_000
const PATIENT = { ...limits, callMs: DAY_MS, answerMs: DAY_MS }

beforeAll(() => agentsSdk())

const said = (text: string): AgentOutputItem => {
  return { type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text }] }
}
let calls = 0
const called = (name: string, args: object = {}): AgentOutputItem => {
  return {
    type: 'function_call',
    callId: `call-${++calls}`,
    name,
    status: 'completed',
    arguments: JSON.stringify(args),
  }
}

type Output = AgentOutputItem[] | Promise<never>
const never = () => new Promise<never>(() => {})

/** A model that gives these outputs in turn. */
function scripted(...outputs: (() => Output)[]) {
  const state = { asked: 0, created: 0 }
  const model: Model = {
    async getResponse() {
      return { usage: new Usage(), output: (await outputs[state.asked++]?.()) ?? [said('Nothing more.')] }
    },
    async *getStreamedResponse() {
      yield* []
      throw new Error('not streamed')
    },
  }
  const create = async () => {
    state.created++
    return model
  }
  return { state, create }
}

function requestOf(fields: Partial<AssistantRequest> = {}): AssistantRequest {
  return {
    history: [],
    historyIsCut: false,
    message: 'Hi',
    tools: [],
    signal: new AbortController().signal,
    moment: async () => ({ today: '2027-05-05', now: '12:00', zone: null }),
    ...fields,
  }
}

/** A tool that refuses the arguments `{ bad: true }`. */
const tool: AssistantTool = {
  name: 'add_task',
  description: 'Adds a task.',
  parameters: {},
  run: async (args) => ({ result: {}, invalid: Reflect.get(Object(args), 'bad') === true }),
}

test('a model is created by the first answer, and once', async () => {
  const { state, create } = scripted(() => [said('One')])
  const assistant = agentAssistant({ name: 'm', create }, PATIENT)
  expect(state.created).toBe(0)
  expect(await assistant.answer(requestOf())).toEqual({ response: 'One', model: 'm' })
  await Promise.all([assistant.answer(requestOf()), assistant.answer(requestOf())])
  expect(state).toEqual({ created: 1, asked: 3 })
})

test('an answer that takes too long in all ends, even if the model ignores its signal', async () => {
  const assistant = agentAssistant({ name: 'm', create: scripted(never).create }, { ...PATIENT, answerMs: 5 })
  await expect(assistant.answer(requestOf())).rejects.toMatchObject({
    reason: 'model_timeout',
    cause: expect.objectContaining({ message: 'the answer took too long' }),
  })
})

test('a caller who leaves ends the answer with the reason for leaving', async () => {
  const leaving = new AbortController()
  const { state, create } = scripted(never)
  const answer = agentAssistant({ name: 'm', create }, PATIENT).answer(requestOf({ signal: leaving.signal }))
  const ended = expect(answer).rejects.toThrow('left')
  await expect.poll(() => state.asked).toBe(1)
  leaving.abort(new Error('left'))
  await ended
  const gone = requestOf({ signal: AbortSignal.abort(new Error('gone')) })
  await expect(agentAssistant({ name: 'm', create }, PATIENT).answer(gone)).rejects.toThrow('gone')
  expect(state.asked).toBe(1)
})

test('closing ends the answers that are running, and any that come later', async () => {
  const { state, create } = scripted(never)
  const assistant = agentAssistant({ name: 'm', create }, PATIENT)
  const ended = expect(assistant.answer(requestOf())).rejects.toMatchObject({ reason: 'model_unavailable' })
  await expect.poll(() => state.asked).toBe(1)
  assistant.close?.()
  await ended
  await expect(assistant.answer(requestOf())).rejects.toMatchObject({ reason: 'model_unavailable' })
})

test('invalid calls end an answer only in a row: a valid one between them begins a new count', async () => {
  const bad = () => [called('add_task', { bad: true })]
  const unknown = () => [called('no_such_tool')]
  const good = () => [called('add_task')]
  const patient = scripted(bad, unknown, good, unknown, bad, () => [said('Done it.')])
  const tools = [tool]
  const assistant = agentAssistant({ name: 'm', create: patient.create }, PATIENT)
  expect(await assistant.answer(requestOf({ tools }))).toMatchObject({ response: 'Done it.' })
  const hopeless = scripted(good, bad, unknown, bad, good)
  const other = agentAssistant({ name: 'm', create: hopeless.create }, PATIENT)
  await expect(other.answer(requestOf({ tools }))).rejects.toMatchObject({ reason: 'model_unavailable' })
  expect(hopeless.state.asked).toBe(4)
})

test('the calls of the model are limited, and an answer without text is incomplete then', async () => {
  const good = () => [called('add_task')]
  const { state, create } = scripted(good, good, good, good)
  const assistant = agentAssistant({ name: 'm', create }, { ...PATIENT, turns: 3 })
  const answer = await assistant.answer(requestOf({ tools: [tool] }))
  expect(answer).toEqual({ response: '', isIncomplete: true, model: 'm' })
  expect(state.asked).toBe(3)
})

test('an empty answer says that something was done only after a call that was valid', async () => {
  const answerTo = (args: object) => {
    const { create } = scripted(
      () => [called('add_task', args)],
      () => [said(' ')],
    )
    return agentAssistant({ name: 'm', create }, PATIENT).answer(requestOf({ tools: [tool] }))
  }
  expect(await answerTo({})).toMatchObject({ response: 'Done.' })
  await expect(answerTo({ bad: true })).rejects.toMatchObject({ reason: 'model_unavailable' })
})

test('an answer leaves no listener on the signal of its caller', async () => {
  const { signal } = new AbortController()
  const { create } = scripted()
  const assistant = agentAssistant({ name: 'm', create }, PATIENT)
  for (let count = 0; count < 3; count++) await assistant.answer(requestOf({ signal }))
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('the limits of an answer are those that users wait for', () => {
  expect(limits).toEqual({ callMs: 20_000, answerMs: 60_000, turns: 8, invalidCalls: 3 })
})
