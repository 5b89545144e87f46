import { afterAll, beforeEach, expect, test } from 'vitest'
import { scriptedAssistant, type ScriptedAssistant } from '../../testing/scripted_assistant.ts'
import { apiErrorOf, newUser, testServices } from '../../testing/services.ts'
import type { Services } from '../core/services.ts'
import { appRouter } from '../router.ts'
import type { Assistant } from './assistant.ts'

const api = await testServices()
afterAll(api.close)
const { db } = api.services

let assistant: ScriptedAssistant
let user_id: string
beforeEach(() => {
  assistant = scriptedAssistant()
  user_id = newUser()
})
const caller = (more: Partial<Services> = {}) =>
  api.caller(user_id, { services: { ...api.services, assistant, ...more } })
const answering = (answer: Assistant['answer']) => caller({ assistant: { answer } })
const stored = () => db.message.findMany({ where: { user_id }, orderBy: { id: 'asc' } })

test('an answer of any length is stored, as far as 100,000 characters', async () => {
  assistant.script = async () => 'x'.repeat(100_001)
  const { response } = await caller().chat.send({ message: 'Hi' })
  expect(response).toHaveLength(100_000)
  expect((await stored()).at(-1)?.content).toHaveLength(100_000)
})

test('an answer that ends in half a character is stored as it is answered', async () => {
  assistant.script = async () => `${'x'.repeat(99_999)}😀`
  const { response } = await caller().chat.send({ message: 'Hi' })
  expect([response.length, response.isWellFormed()]).toEqual([100_000, true])
  expect((await stored()).at(-1)?.content).toBe(response)
})

test('the tokens of all calls of a model are added up, stored, and answered again to a repeat', async () => {
  const { chat } = answering(async ({ onUsage }) => {
    onUsage?.({ input_tokens: 10, output_tokens: 1 })
    onUsage?.({ input_tokens: 20, output_tokens: 2 })
    return { response: 'Half', model: 'm'.repeat(300), isIncomplete: true }
  })
  const input = { message: 'Hi', idempotency_key: 'k' }
  const answer = await chat.send(input)
  expect(answer).toMatchObject({ status: 'incomplete', usage: { input_tokens: 30, output_tokens: 3 } })
  expect(answer.response).toMatch(/^HalfI stopped here/)
  expect((await stored()).at(-1)).toMatchObject({ status: 'incomplete', model: 'm'.repeat(200), input_tokens: 30 })
  expect(await chat.send(input)).toEqual({ ...answer, model: 'm'.repeat(200) })
})

test('what a failed answer used is stored with what it did', async () => {
  const { chat } = answering(async ({ onUsage, tools }) => {
    onUsage?.({ input_tokens: 10, output_tokens: 1 })
    await tools.find(({ name }) => name === 'add_task')?.run({ title: 'Milk' })
    throw new DOMException('too slow', 'TimeoutError')
  })
  const error = await apiErrorOf(chat.send({ message: 'Hi' }))
  expect(error).toMatchObject({ reason: 'model_timeout', details: { retry_after: 5 } })
  expect((await stored()).at(-1)).toMatchObject({ status: 'failed', model: null, input_tokens: 10, output_tokens: 1 })
})

test('an assistant that fails while its tools run is answered once they have ended, with what they did', async () => {
  assistant.script = (_, tool) => {
    void tool('add_task').run({ title: 'Milk' })
    return Promise.reject(new Error('down'))
  }
  const error = await apiErrorOf(caller().chat.send({ message: 'Hi' }))
  expect(error.details).toMatchObject({ tool_calls: [{ tool: 'add_task', result: { status: 'created' } }] })
  expect((await stored()).at(-1)).toMatchObject({ status: 'failed', content: expect.stringContaining('Milk') })
})

test('where the caller has left before, no assistant is asked, and the conversation is free', async () => {
  const services = { ...api.services, assistant }
  const gone = appRouter.createCaller(await api.context(user_id, { services }), { signal: AbortSignal.abort() })
  await expect(gone.chat.send({ message: 'Hi' })).rejects.toThrow()
  expect(assistant.requests).toEqual([])
  expect(await db.conversation.findMany({ where: { user_id } })).toMatchObject([{ lease_holder: null }])
})

test('a failed answer that cannot be stored is logged, and the caller gets the first error', async () => {
  assistant.script = async (_, tool) => {
    await tool('add_task').run({ title: 'Milk' })
    throw new Error('down')
  }
  const sql: Services['sql'] = (statement) =>
    statement.text.includes("'assistant'") ? Promise.reject(new Error('lost')) : api.services.sql(statement)
  const logged = api.logged.length
  const error = await apiErrorOf(caller({ sql }).chat.send({ message: 'Hi' }))
  expect(error).toMatchObject({ reason: 'model_unavailable', details: { tool_calls: [{ tool: 'add_task' }] } })
  expect(api.logged.slice(logged).map(({ message }) => message)).toContain('a failed answer could not be stored')
})

test('an answer whose lease another process has acquired is not stored', async () => {
  assistant.script = async () => {
    await db.conversation.updateMany({ where: { user_id }, data: { lease_holder: 'another' } })
    return 'Too late.'
  }
  expect((await apiErrorOf(caller().chat.send({ message: 'Hi' }))).reason).toBe('conversation_busy')
  expect((await stored()).map(({ role }) => role)).toEqual(['user'])
  expect(await db.conversation.findFirst({ where: { user_id } })).toMatchObject({ lease_holder: 'another' })
})

test('after its answer a conversation is free, and its lease is not renewed any more', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  await caller().chat.send({ message: 'Hi' })
  assistant.script = () => Promise.reject(new Error('down'))
  await apiErrorOf(caller().chat.send({ message: 'Hi' }))
  expect(timers()).toBeLessThanOrEqual(before)
  const leases = await db.conversation.findMany({ where: { user_id } })
  expect(leases).toMatchObject([
    { lease_holder: null, lease_until: null },
    { lease_holder: null, lease_until: null },
  ])
})

test('a hundred calls can be made in one answer, and no further one has an effect', async () => {
  assistant.script = async (_, tool) => {
    for (let n = 0; n < 101; n++) await tool(n < 100 ? 'list_tasks' : 'add_task').run({ title: 'x' })
    return 'Done.'
  }
  const { tool_calls } = await caller().chat.send({ message: 'Hi' })
  expect(tool_calls).toHaveLength(101)
  expect(tool_calls.at(-1)?.result).toMatchObject({ code: 'overloaded' })
  expect(await db.task.count({ where: { user_id } })).toBe(0)
})

test.each([['{"title":'], [null], [['x']], [7]])('arguments of %j are told to be no JSON object', async (args) => {
  assistant.script = async (_, tool) => {
    const { result, invalid } = await tool('add_task').run(args)
    return `${String(result['code'])} ${invalid}`
  }
  const { response, tool_calls } = await caller().chat.send({ message: 'Hi' })
  expect(response).toBe('malformed_json true')
  expect(tool_calls).toMatchObject([
    { args: {}, result: { detail: expect.stringContaining('not a valid JSON object') } },
  ])
})

test('no tool offers a user or a key as an argument, and they come in the order of the operations', async () => {
  await caller().chat.send({ message: 'Hi' })
  const tools = assistant.requests[0]?.tools ?? []
  expect(tools.map(({ name }) => name)).toContain('add_task')
  for (const { name, parameters } of tools) {
    const names = Object.keys(parameters['properties'] as object)
    expect([name, names.filter((field) => field === 'user_id' || field === 'idempotency_key')]).toEqual([name, []])
  }
})

test('whoever leaves while another message is answered waits no longer, and leaves nothing', async () => {
  const { conversation_id } = await caller().chat.send({ message: 'Hi' })
  await db.conversation.updateMany({
    where: { user_id },
    data: { lease_holder: 'another', lease_until: new Date(Date.now() + 3_600_000) },
  })
  const leaving = new AbortController()
  const services = { ...api.services, assistant, chatTimes: { leaseMs: 600_000, waitMs: 600_000 } }
  const waiting = appRouter.createCaller(await api.context(user_id, { services }), { signal: leaving.signal })
  const sent = waiting.chat.send({ message: 'Again', conversation_id }).catch(() => 'ended')
  leaving.abort()
  expect(await sent).toBe('ended')
  expect((await stored()).map(({ content }) => content)).not.toContain('Again')
})

test('a busy conversation is told with the time after which a repeat may succeed', async () => {
  const { conversation_id } = await caller().chat.send({ message: 'Hi' })
  const lease = { lease_holder: 'another', lease_until: new Date(Date.now() + 3_600_000) }
  await db.conversation.updateMany({ where: { user_id }, data: lease })
  const busy = caller({ chatTimes: { leaseMs: 600_000, waitMs: 0 } }).chat.send({ message: 'Again', conversation_id })
  expect(await apiErrorOf(busy)).toMatchObject({
    reason: 'conversation_busy',
    details: { retry_after: 5, conversation_id },
  })
})

test.each([
  ['x'.repeat(80), 'x'.repeat(80)],
  ['x'.repeat(81), `${'x'.repeat(79)}…`],
  ['🦆'.repeat(81), `${'🦆'.repeat(79)}…`],
  [`${'x'.repeat(78)} yy`, `${'x'.repeat(78)}…`],
  ['  a \n b  ', 'a b'],
])('the title of a conversation is the beginning of its first message: %#', async (message, title) => {
  await caller().chat.send({ message })
  expect((await caller().conversation.list({})).items).toMatchObject([{ title }])
})

test('pages have fifty entries, and a cursor belongs to its conversation', async () => {
  const create = () => db.conversation.create({ data: { user_id, title: 'x' } })
  const [one, other] = [await create(), await create()]
  const data = Array.from({ length: 51 }, (_, n) => ({
    user_id,
    conversation_id: one.id,
    role: 'user',
    content: String(n),
  }))
  await db.message.createMany({ data })
  const { messages, list } = caller().conversation
  const first = await messages({ conversation_id: one.id })
  expect([first.items.length, first.items.at(-1)?.content]).toEqual([50, '49'])
  const cursor = first.next_cursor ?? ''
  expect((await messages({ conversation_id: one.id, cursor })).items).toMatchObject([{ content: '50' }])
  expect((await apiErrorOf(messages({ conversation_id: other.id, cursor }))).reason).toBe('validation_failed')
  expect((await apiErrorOf(list({ cursor }))).reason).toBe('validation_failed')
})
