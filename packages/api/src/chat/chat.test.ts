import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { appRouter } from '../router.ts'
import { newUser, apiErrorOf, testServices, type Caller, type TestServices } from '../../testing/services.ts'
import type { Principal, Services } from '../core/services.ts'
import { scriptedAssistant, type ScriptedAssistant } from '../../testing/scripted_assistant.ts'
import { publicError } from '../errors/public_error.ts'
import type { ChatEvent } from './schema.ts'
import { leaseAcquire, messageInsert, messagesBefore } from './sql.ts'

let fixture: TestServices
let assistant: ScriptedAssistant
beforeAll(async () => {
  fixture = await testServices()
})
afterAll(() => fixture.close())
beforeEach(() => {
  assistant = scriptedAssistant()
  Object.assign(fixture.services, { assistant, chatTimes: undefined })
})

const user = () => fixture.caller(newUser())

async function contents(api: Caller, conversation_id: number): Promise<string[]> {
  const { items } = await api.conversation.messages({ conversation_id, limit: 200 })
  return items.map(({ role, content }) => `${role}: ${content}`)
}

async function titles(api: Caller): Promise<string[]> {
  const { items } = await api.task.list({ sort: 'created', order: 'asc', limit: 200 })
  return items.map(({ title }) => title)
}

describe('a turn', () => {
  test('the message is stored before the model runs, and the answer after it has run', async () => {
    const api = user()
    let seen: string[] = []
    assistant.script = async () => {
      const [conversation] = (await api.conversation.list({})).items
      seen = await contents(api, conversation?.id ?? 0)
      return 'Hi.'
    }
    const answer = await api.chat.send({ message: 'Hello' })
    expect(seen).toEqual(['user: Hello'])
    expect(answer).toEqual({ conversation_id: expect.any(Number), response: 'Hi.', tool_calls: [], model: 'script' })
    expect(await contents(api, answer.conversation_id)).toEqual(['user: Hello', 'assistant: Hi.'])
  })

  test('its statements have names, and all that are always short share connections', async () => {
    const sent: string[] = []
    const { sql } = fixture.services
    const counting: Services['sql'] = (statement) => {
      const { name = 'unnamed', pipeline } = statement
      sent.push(`${name.replace(/_[0-9a-f]{12}$/, '')}${pipeline === undefined ? '' : ', shared'}`)
      return sql(statement)
    }
    const api = fixture.caller(newUser(), { services: { ...fixture.services, sql: counting } })
    const { conversation_id } = await api.chat.send({ message: 'one' })
    expect(sent.splice(0)).toEqual(['conversation_insert, shared', 'answer_insert'])
    await api.chat.send({ message: 'two', conversation_id })
    expect(sent).toEqual(['lease_acquire, shared', 'messages_before', 'message_insert, shared', 'answer_insert'])
  })

  test('the assistant gets the history with its tool calls, and the new message only once', async () => {
    const api = user()
    assistant.script = async (_, tool) => {
      await tool('add_task').run({ title: 'Milk' })
      return 'Added.'
    }
    const { conversation_id } = await api.chat.send({ message: 'Add milk', conversation_id: null })
    assistant.script = async () => 'Fine.'
    await api.chat.send({ message: 'Thanks', conversation_id })
    const { history, message } = assistant.requests.at(-1) ?? {}
    expect(message).toBe('Thanks')
    expect(history).toMatchObject([
      { role: 'user', content: 'Add milk', tool_calls: [] },
      { role: 'assistant', content: 'Added.', tool_calls: [{ tool: 'add_task', args: { title: 'Milk' } }] },
    ])
  })

  test('the history is limited in messages and in characters', async () => {
    const api = user()
    const { conversation_id } = await api.chat.send({ message: 'first' })
    for (let turn = 0; turn < 25; turn++) await api.chat.send({ message: `turn ${turn}`, conversation_id })
    expect(assistant.requests.map(({ historyIsCut }) => historyIsCut).indexOf(true)).toBe(20)
    expect(assistant.requests.at(-1)?.history).toHaveLength(40)
    for (let turn = 0; turn < 8; turn++) await api.chat.send({ message: 'x'.repeat(4000), conversation_id })
    const window = assistant.requests.at(-1)?.history ?? []
    expect(window.map(({ content }) => content).join('').length).toBeLessThanOrEqual(24_000)
    expect(window.at(-1)?.content).toBe('Hello.')
  })

  test('every change by the assistant names the chat and the conversation', async () => {
    const api = user()
    await api.task.create({ title: 'By hand' })
    assistant.script = async (_, tool) => {
      await tool('add_task').run({ title: 'Milk' })
      return 'Added.'
    }
    const { conversation_id } = await api.chat.send({ message: 'Add milk' })
    const { changes } = await api.change.list({ since: 0, conversation_id })
    expect(changes).toMatchObject([{ seq: 2, kind: 'created', via: 'chat', conversation_id }])
  })

  test('undo reverts the latest change of its own conversation', async () => {
    const api = user()
    assistant.script = async ({ message }, tool) => {
      const { result } =
        message === 'undo' ? await tool('undo').run({}) : await tool('add_task').run({ title: message })
      return String(result['title'] ?? result['code'])
    }
    const one = await api.chat.send({ message: 'one' })
    await api.chat.send({ message: 'two' })
    await api.task.create({ title: 'three' })
    const undone = await api.chat.send({ message: 'undo', conversation_id: one.conversation_id })
    expect(undone.response).toBe('one')
    expect(await titles(api)).toEqual(['two', 'three'])
    const again = await api.chat.send({ message: 'undo', conversation_id: one.conversation_id })
    expect(again.tool_calls).toMatchObject([{ result: { code: 'change_not_found' } }])
  })

  test("an answer with characters that PostgreSQL's text cannot hold is sanitized and stored", async () => {
    const api = user()
    assistant.script = async (_, tool) => {
      await tool('list_tasks').run({ search: 'a\0b', note: '\\u0000 \ud800' })
      return 'nul \0 and \ud800 half'
    }
    const answer = await api.chat.send({ message: 'Hi' })
    expect(await contents(api, answer.conversation_id)).toEqual(['user: Hi', 'assistant: nul \ufffd and \ufffd half'])
  })

  test.for([
    ['', 'message'],
    [' \n\t\u00a0', 'message'],
    ['x'.repeat(4001), 'message'],
    ['a\0b', 'message'],
    ['half \ud800', 'message'],
  ] as const)('the message %j is rejected', async ([message]) => {
    expect(await apiErrorOf(user().chat.send({ message }))).toMatchObject({
      reason: 'validation_failed',
      details: { fields: [{ loc: ['message'] }] },
    })
    expect(assistant.requests).toHaveLength(0)
  })

  test('a message of 4000 astral characters is answered', async () => {
    expect(await user().chat.send({ message: '🦆'.repeat(4000) })).toMatchObject({ response: 'Hello.' })
  })

  test.for([
    ['another user’s', async (): Promise<number> => (await user().chat.send({ message: 'Mine' })).conversation_id],
    ['an unknown', async (): Promise<number> => 2_000_000_000],
    ['an impossible', async (): Promise<number> => 4_000_000_000],
  ] as const)('%s conversation is not found; nothing is stored and the assistant is not called', async ([, id]) => {
    const conversation_id = await id()
    const before = assistant.requests.length
    const api = user()
    const stored = await fixture.services.db.message.count()
    expect((await apiErrorOf(api.chat.send({ message: 'Hi', conversation_id }))).reason).toBe('conversation_not_found')
    expect((await apiErrorOf(api.conversation.messages({ conversation_id }))).reason).toBe('conversation_not_found')
    expect((await apiErrorOf(api.conversation.delete({ conversation_id }))).reason).toBe('conversation_not_found')
    expect(await fixture.services.db.message.count()).toBe(stored)
    expect(assistant.requests).toHaveLength(before)
  })

  test('a read-only key may read conversations but not send messages', async () => {
    const user_id = newUser()
    await fixture.caller(user_id).chat.send({ message: 'Hi' })
    const principal: Principal = {
      user_id,
      kind: 'api_key',
      scope: 'read',
      actor: null,
      email: null,
      name: null,
      expires_at: null,
    }
    const api = fixture.caller(user_id, { principal })
    const [conversation] = (await api.conversation.list({})).items
    const conversation_id = conversation?.id ?? 0
    expect(await contents(api, conversation_id)).toHaveLength(2)
    for (const call of [
      () => api.chat.send({ message: 'Hi' }),
      () => api.chat.stream({ message: 'Hi' }),
      () => api.conversation.delete({ conversation_id }),
    ]) {
      expect((await apiErrorOf(call())).reason).toBe('scope_insufficient')
    }
  })
})

describe('a failure', () => {
  test('keeps the message, names the conversation and the tool calls, and the conversation continues', async () => {
    const api = user()
    assistant.script = async (_, tool) => {
      await tool('add_task').run({ title: 'Milk' })
      throw new Error('secret: the model fell over')
    }
    const error = await apiErrorOf(api.chat.send({ message: 'Add milk' }))
    const { conversation_id = 0, tool_calls } = error.details
    expect(error).toMatchObject({ reason: 'model_unavailable', message: 'The model does not answer' })
    expect(tool_calls).toMatchObject([{ tool: 'add_task', args: { title: 'Milk' }, result: { status: 'created' } }])
    expect(await contents(api, conversation_id)).toEqual([
      'user: Add milk',
      expect.stringMatching(/^assistant: I could not finish .* created task \d+ “Milk”\.$/),
    ])
    assistant.script = async () => 'Here again.'
    await api.chat.send({ message: 'Hello?', conversation_id })
    expect(assistant.requests.at(-1)?.history.at(-1)?.tool_calls).toHaveLength(1)
  })

  test('before the first tool call leaves only the message', async () => {
    const api = user()
    assistant.script = () => Promise.reject(new Error('down'))
    const { details } = await apiErrorOf(api.chat.send({ message: 'Hi' }))
    expect(details).toMatchObject({ tool_calls: [], retry_after: 5 })
    expect(await contents(api, details.conversation_id ?? 0)).toEqual(['user: Hi'])
  })

  test('before the message is stored leaves the conversation free for the next one', async () => {
    const user_id = newUser()
    const { conversation_id } = await fixture.caller(user_id).chat.send({ message: 'Hi' })
    const { text } = messagesBefore({ user_id, conversation_id, holder: '' }, 1, 1)
    const { sql } = fixture.services
    const failing: Services['sql'] = (statement) =>
      statement.text === text ? Promise.reject(new Error('the connection was lost')) : sql(statement)
    const services = { ...fixture.services, sql: failing }
    await expect(fixture.caller(user_id, { services }).chat.send({ message: 'one', conversation_id })).rejects.toThrow()
    Object.assign(fixture.services, { chatTimes: { leaseMs: 600_000, waitMs: 0 } })
    await fixture.caller(user_id).chat.send({ message: 'two', conversation_id })
    expect(await contents(fixture.caller(user_id), conversation_id)).toContain('user: two')
  })

  test('without an assistant the model is unavailable', async () => {
    Object.assign(fixture.services, { assistant: undefined })
    expect((await apiErrorOf(user().chat.send({ message: 'Hi' }))).reason).toBe('model_unavailable')
  })

  test('a failed tool call does not end the answer', async () => {
    const api = user()
    assistant.script = async (_, tool) => {
      const { result, invalid } = await tool('complete_task').run({ task_id: 999_999 })
      return `${String(result['code'])} ${invalid}`
    }
    const answer = await api.chat.send({ message: 'Complete it' })
    expect(answer.response).toBe('task_not_found false')
    expect(answer.tool_calls).toMatchObject([{ args: { task_id: 999_999 }, result: { code: 'task_not_found' } }])
  })

  test('after the caller has disconnected no further tool runs, and no error is logged', async () => {
    const user_id = newUser()
    const leaving = new AbortController()
    const api = appRouter.createCaller(await fixture.context(user_id), { signal: leaving.signal })
    const running = Promise.withResolvers<unknown>()
    assistant.script = async (_, tool) => {
      await tool('add_task').run({ title: 'one' })
      leaving.abort()
      const late = tool('add_task').run({ title: 'two' })
      running.resolve(await late.catch((error: unknown) => error))
      return new Promise(() => {})
    }
    const logged = fixture.logged.length
    const error = await apiErrorOf(api.chat.send({ message: 'Add one and two' }))
    expect(await running.promise).toBeInstanceOf(Error)
    expect(await titles(fixture.caller(user_id))).toEqual(['one'])
    expect(error.details.tool_calls).toHaveLength(1)
    expect(fixture.logged).toHaveLength(logged)
  })

  test('an assistant that keeps running after its answer failed cannot use tools', async () => {
    const api = user()
    const late = Promise.withResolvers<unknown>()
    assistant.answer = async ({ tools }) => {
      setTimeout(() => void tools[0]?.run({ title: 'Late' }).then(late.resolve, late.resolve), 100)
      throw new Error('gave up')
    }
    await apiErrorOf(api.chat.send({ message: 'Hi' }))
    expect(await late.promise).toBeInstanceOf(Error)
    expect(await titles(api)).toEqual([])
  })
})

describe('an idempotency key', () => {
  test('a retry returns the stored answer without calling the assistant again', async () => {
    const api = user()
    assistant.script = async (_, tool) => {
      await tool('add_task').run({ title: 'Milk' })
      return 'Added.'
    }
    const first = await api.chat.send({ message: 'Add milk', idempotency_key: 'k1' })
    const again = await api.chat.send({ message: 'Add milk', idempotency_key: 'k1', conversation_id: null })
    expect(again).toEqual(first)
    const events: ChatEvent[] = []
    for await (const event of await api.chat.stream({ message: 'Add milk', idempotency_key: 'k1' })) events.push(event)
    expect(events.at(-1)).toEqual({ type: 'done', ...first })
    expect(assistant.requests).toHaveLength(1)
    expect(await titles(api)).toEqual(['Milk'])
  })

  test('cannot be reused for another request, nor if a task was written with it', async () => {
    const api = user()
    const { conversation_id } = await api.chat.send({ message: 'Hi', idempotency_key: 'k2' })
    await api.task.create({ title: 'Milk', idempotency_key: 'k3' })
    for (const input of [
      { message: 'Hello', idempotency_key: 'k2' },
      { message: 'Hi', conversation_id, idempotency_key: 'k2' },
      { message: 'Hi', idempotency_key: 'k3' },
    ]) {
      expect((await apiErrorOf(api.chat.send(input))).reason).toBe('idempotency_key_reused')
    }
    expect(await user().chat.send({ message: 'Hello', idempotency_key: 'k2' })).toMatchObject({ response: 'Hello.' })
  })

  test('cannot be used for a task once a message has it, however the two race', async () => {
    const api = user()
    const { id } = await api.task.create({ title: 'Milk' })
    await api.chat.send({ message: 'Hi', idempotency_key: 'k8' })
    const writes = [
      () => api.task.create({ title: 'Bread', idempotency_key: 'k8' }),
      () => api.task.update({ task_id: id, title: 'Bread', idempotency_key: 'k8' }),
      () => api.task.complete({ task_id: id, idempotency_key: 'k8' }),
      () => api.task.delete({ task_id: id, idempotency_key: 'k8' }),
      () => api.change.undo({ seq: 1, idempotency_key: 'k8' }),
    ]
    for (const write of writes) expect((await apiErrorOf(write())).reason).toBe('idempotency_key_reused')
    expect(await titles(api)).toEqual(['Milk'])
    for (let race = 0; race < 10; race++) {
      const idempotency_key = `race-${race}`
      const outcomes = await Promise.allSettled([
        api.task.create({ title: 'Bread', idempotency_key }),
        api.chat.send({ message: 'Hi', idempotency_key }),
      ])
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    }
    expect(await user().task.create({ title: 'Bread', idempotency_key: 'k8' })).toMatchObject({ title: 'Bread' })
  })

  test('a retry during the first answer is in_progress', async () => {
    const api = user()
    const gate = Promise.withResolvers<string>()
    assistant.script = () => gate.promise
    const first = api.chat.send({ message: 'Hi', idempotency_key: 'k4' })
    await expect.poll(() => assistant.requests.length).toBe(1)
    const error = await apiErrorOf(api.chat.send({ message: 'Hi', idempotency_key: 'k4' }))
    expect(error).toMatchObject({ reason: 'in_progress', details: { retry_after: 2 } })
    gate.resolve('Done.')
    expect((await api.chat.send({ message: 'Hi', idempotency_key: 'k4' }).catch(() => first)).response).toBe('Done.')
    expect(await first).toMatchObject({ response: 'Done.' })
  })

  test('a retry after a failure runs the assistant again, and its tools repeat no change', async () => {
    const api = user()
    const input = { message: 'Add milk and bread', idempotency_key: 'k5' }
    assistant.script = async (_, tool) => {
      await tool('add_task').run({ title: 'Milk' })
      if (assistant.requests.length === 1) throw new Error('down')
      await tool('add_task').run({ title: 'Bread' })
      return 'Added both.'
    }
    const { details } = await apiErrorOf(api.chat.send(input))
    const answer = await api.chat.send(input)
    expect(answer).toMatchObject({ response: 'Added both.', conversation_id: details.conversation_id })
    expect(answer.tool_calls[0]).toEqual(details.tool_calls?.[0])
    expect(await titles(api)).toEqual(['Milk', 'Bread'])
    expect(await contents(api, answer.conversation_id)).toEqual(['user: Add milk and bread', 'assistant: Added both.'])
    expect(await api.chat.send(input)).toEqual(answer)
  })

  test('the same call made twice in one answer has two effects', async () => {
    const api = user()
    assistant.script = async (_, tool) => {
      // A key that the model makes up counts for nothing.
      const args = { title: 'Egg', idempotency_key: 'made up' }
      await Promise.all([tool('add_task').run(args), tool('add_task').run(args)])
      return 'Two.'
    }
    await api.chat.send({ message: 'Two eggs' })
    expect(await titles(api)).toEqual(['Egg', 'Egg'])
  })

  test('one of fifty concurrent requests on two replicas runs the assistant; the others get its answer or in_progress', async () => {
    const replica = fixture.replica()
    Object.assign(replica.services, { assistant })
    const user_id = newUser()
    const input = { message: 'Add milk', idempotency_key: 'k6' }
    assistant.script = async (_, tool) => {
      await tool('add_task').run({ title: 'Milk' })
      return 'Added.'
    }
    const [here, there] = [fixture.caller(user_id), replica.caller(user_id)]
    const answers = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? here : there).chat.send(input)),
    )
    const final = await fixture.caller(user_id).chat.send(input)
    for (const answer of answers) {
      if (answer.status === 'fulfilled') expect(answer.value).toEqual(final)
      else expect(answer.reason).toMatchObject({ reason: 'in_progress' })
    }
    expect(assistant.requests).toHaveLength(1)
    expect(await titles(fixture.caller(user_id))).toEqual(['Milk'])
    expect((await fixture.caller(user_id).conversation.list({})).items).toHaveLength(1)
  })
})

describe('a conversation takes one message at a time', () => {
  const times = { leaseMs: 3000, waitMs: 60_000 }

  test('on two replicas the second message waits for the first, and its history has the first answer', async () => {
    const replica = fixture.replica()
    Object.assign(replica.services, { assistant, chatTimes: times })
    Object.assign(fixture.services, { chatTimes: times })
    const user_id = newUser()
    const { conversation_id } = await fixture.caller(user_id).chat.send({ message: 'Hi' })
    const lease = async () => (await fixture.services.db.conversation.findFirst({ where: { user_id } }))?.lease_until
    assistant.script = async ({ message }) => {
      const acquired = await lease()
      if (message === 'one') await expect.poll(lease).not.toEqual(acquired)
      return `answer to ${message}`
    }
    const first = fixture.caller(user_id).chat.send({ message: 'one', conversation_id })
    await expect.poll(() => assistant.requests.length).toBe(2)
    await replica.caller(user_id).chat.send({ message: 'two', conversation_id })
    await first
    expect(await contents(fixture.caller(user_id), conversation_id)).toEqual(
      expect.arrayContaining(['user: one', 'assistant: answer to one', 'user: two', 'assistant: answer to two']),
    )
    expect(assistant.requests.at(-1)?.history.at(-1)?.content).toBe('answer to one')
  })

  test('a message that waits too long is conversation_busy and is not stored', async () => {
    Object.assign(fixture.services, { chatTimes: { leaseMs: 5000, waitMs: 300 } })
    const api = user()
    const { conversation_id } = await api.chat.send({ message: 'Hi' })
    const gate = Promise.withResolvers<string>()
    assistant.script = () => gate.promise
    const first = api.chat.send({ message: 'one', conversation_id })
    await expect.poll(() => assistant.requests.length).toBe(2)
    const error = await apiErrorOf(api.chat.send({ message: 'two', conversation_id }))
    expect(error).toMatchObject({ reason: 'conversation_busy', details: { conversation_id } })
    gate.resolve('Done.')
    await first
    expect(await contents(api, conversation_id)).not.toContain('user: two')
  })

  test('a retry that is answered while it waits gets the answer, and leaves the conversation to the next message', async () => {
    Object.assign(fixture.services, { chatTimes: { leaseMs: 60_000, waitMs: 0 } })
    const user_id = newUser()
    const api = fixture.caller(user_id)
    const { conversation_id } = await api.chat.send({ message: 'Hi' })
    const input = { message: 'one', conversation_id, idempotency_key: 'k8' }
    const { sql } = fixture.services
    let answered: unknown
    const late: Services['sql'] = async (statement) => {
      if (statement.name?.startsWith('lease_acquire') === true) answered ??= await api.chat.send(input)
      return sql(statement)
    }
    const retry = fixture.caller(user_id, { services: { ...fixture.services, sql: late } })
    expect(await retry.chat.send(input)).toEqual(answered)
    expect(await api.chat.send({ message: 'two', conversation_id })).toMatchObject({ conversation_id })
    expect(await contents(api, conversation_id)).toHaveLength(6)
  })

  test("a dead process's turn ends with its lease, and its message can be sent again", async () => {
    const user_id = newUser()
    const dead = fixture.replica()
    Object.assign(dead.services, { assistant })
    const answer = Promise.withResolvers<string>()
    assistant.script = () => answer.promise
    const input = { message: 'one', idempotency_key: 'k7' }
    const ended = dead
      .caller(user_id)
      .chat.send(input)
      .catch(() => {})
    await expect.poll(() => assistant.requests.length).toBe(1)
    // As after SIGKILL, nothing renews the lease.
    Object.assign(dead.services, { sql: () => new Promise(() => {}) })
    const api = fixture.caller(user_id)
    expect((await apiErrorOf(api.chat.send(input))).reason).toBe('in_progress')
    await fixture.services.db.conversation.updateMany({ where: { user_id }, data: { lease_until: new Date(0) } })
    assistant.script = async () => 'Alive.'
    expect(await api.chat.send(input)).toMatchObject({ response: 'Alive.' })
    const [conversation] = (await api.conversation.list({})).items
    expect(await contents(api, conversation?.id ?? 0)).toEqual(['user: one', 'assistant: Alive.'])
    Object.assign(dead.services, { sql: () => Promise.reject(new Error('this process is dead')) })
    answer.resolve('Too late.')
    await ended
  })

  test('deleting a conversation ends the running answer in it', async () => {
    Object.assign(fixture.services, { chatTimes: { leaseMs: 300, waitMs: 1000 } })
    const api = user()
    assistant.script = async ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
    const refused = apiErrorOf(api.chat.send({ message: 'one' }))
    await expect.poll(() => assistant.requests.length).toBe(1)
    const [conversation] = (await api.conversation.list({})).items
    await api.conversation.delete({ conversation_id: conversation?.id ?? 0 })
    expect((await refused).reason).toBe('conversation_not_found')
    expect((await api.conversation.list({})).items).toEqual([])
  })

  test.each([
    ['an answer', (api: Caller, conversation_id: number) => api.chat.send({ message: 'two', conversation_id })],
    [
      'a repeated message',
      (api: Caller, conversation_id: number) =>
        api.chat.send({ message: 'two', conversation_id, idempotency_key: 'two' }),
    ],
    [
      'a stream',
      async (api: Caller, conversation_id: number) => {
        const events: ChatEvent[] = []
        for await (const event of await api.chat.stream({ message: 'two', conversation_id })) events.push(event)
        return events
      },
    ],
  ])('a conversation that is deleted before any statement of a turn is not found: %s', async (_what, send) => {
    const user_id = newUser()
    const api = fixture.caller(user_id)
    assistant.script = async (_, tool) => {
      await tool('add_task').run({ title: 'Milk' })
      return 'Added.'
    }
    const outcomes: string[] = []
    for (let deleteAt = 0; outcomes.at(-1) !== 'answered'; deleteAt++) {
      const { conversation_id } = await api.chat.send({ message: 'one' })
      let statement = 0
      const sql: typeof fixture.services.sql = async (given) => {
        if (statement++ === deleteAt) await api.conversation.delete({ conversation_id })
        return fixture.services.sql(given)
      }
      const interrupted = fixture.caller(user_id, { services: { ...fixture.services, sql } })
      const error = await send(interrupted, conversation_id).then(() => null, publicError)
      // Behind the last statement of the turn nothing was deleted.
      outcomes.push(statement <= deleteAt ? 'answered' : (error?.reason ?? 'answered although it was deleted'))
      expect(await fixture.services.db.message.count({ where: { user_id, content: 'two' } })).toBe(
        outcomes.at(-1) === 'answered' ? 1 : 0,
      )
    }
    expect(outcomes.length).toBeGreaterThan(4)
    expect(new Set(outcomes)).toEqual(new Set(['conversation_not_found', 'answered']))
  })

  test('a message waits for a running deletion of its conversation and is then not stored', async () => {
    const user_id = newUser()
    const api = fixture.caller(user_id)
    const { conversation_id } = await api.chat.send({ message: 'one' })
    const holder = 'a holder'
    await fixture.services.sql(leaseAcquire({ user_id, conversation_id, holder }, 10_000))
    const client = await fixture.database.pool.connect()
    await client.query('BEGIN')
    await client.query('DELETE FROM taskwire.conversation WHERE user_id = $1 AND id = $2', [user_id, conversation_id])
    const message = { content: 'two', key: null, request: null }
    const stored = fixture.services.sql(messageInsert({ user_id, conversation_id, holder }, message))
    await client.query('COMMIT')
    client.release()
    expect(await stored).toEqual([])
  })

  test('a conversation continues in another process', async () => {
    const user_id = newUser()
    const { conversation_id } = await fixture.caller(user_id).chat.send({ message: 'one' })
    const restarted = fixture.replica()
    Object.assign(restarted.services, { assistant })
    await restarted.caller(user_id).chat.send({ message: 'two', conversation_id })
    expect(assistant.requests.at(-1)?.history.map(({ content }) => content)).toEqual(['one', 'Hello.'])
  })
})

describe('a stream', () => {
  test('sends deltas and tool calls as they happen, and ends with the answer', async () => {
    const api = user()
    assistant.script = async ({ onDelta }, tool) => {
      onDelta?.('I add ')
      await tool('add_task').run({ title: 'Milk' })
      return 'milk.'
    }
    const events: ChatEvent[] = []
    for await (const event of await api.chat.stream({ message: 'Add milk' })) events.push(event)
    expect(events.map(({ type }) => type)).toEqual(['delta', 'tool_call', 'delta', 'done'])
    expect(events[1]).toMatchObject({ tool: 'add_task', args: { title: 'Milk' }, result: { status: 'created' } })
    expect(events[3]).toMatchObject({ response: 'milk.', model: 'script', tool_calls: [{ tool: 'add_task' }] })
  })

  test('fails before it starts if the message is invalid, and ends with an error if the model fails', async () => {
    const api = user()
    expect((await apiErrorOf(api.chat.stream({ message: ' ' }))).reason).toBe('validation_failed')
    expect((await apiErrorOf(api.chat.stream({ message: 'Hi', conversation_id: 7 }))).reason).toBe(
      'conversation_not_found',
    )
    assistant.script = async ({ onDelta }) => {
      onDelta?.('This goes well until')
      throw new Error('down')
    }
    const stream = await api.chat.stream({ message: 'Hi' })
    const events: ChatEvent[] = []
    const error = await apiErrorOf(
      (async () => {
        for await (const event of stream) events.push(event)
      })(),
    )
    expect(events).toEqual([{ type: 'delta', text: 'This goes well until' }])
    expect(error).toMatchObject({ reason: 'model_unavailable', details: { conversation_id: expect.any(Number) } })
  })

  test('a consumer that stops reading ends the turn', async () => {
    const api = user()
    let aborted = false
    assistant.script = async ({ onDelta, signal }) => {
      onDelta?.('one')
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      aborted = true
      throw new Error('aborted')
    }
    for await (const event of await api.chat.stream({ message: 'Hi' })) {
      expect(event.type).toBe('delta')
      break
    }
    await expect.poll(() => aborted).toBe(true)
    const [conversation] = (await api.conversation.list({})).items
    assistant.script = async () => 'Free.'
    expect(await api.chat.send({ message: 'Again', conversation_id: conversation?.id })).toMatchObject({
      response: 'Free.',
    })
  })
})

describe('conversations', () => {
  test('are listed latest first, in pages, with the beginning of their first message as the title', async () => {
    const api = user()
    const ids: number[] = []
    for (const message of ['a', 'b', 'c', `  A  long\nmessage ${'x'.repeat(200)}`]) {
      ids.push((await api.chat.send({ message })).conversation_id)
    }
    await api.chat.send({ message: 'again', conversation_id: ids[0] })
    const first = await api.conversation.list({ limit: 2 })
    const second = await api.conversation.list({ limit: 2, cursor: first.next_cursor ?? undefined })
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([ids[0], ids[3], ids[2], ids[1]])
    expect(second.next_cursor).toBeNull()
    expect(first.items[1]?.title).toMatch(/^A long message x+…$/)
    expect(first.items[1]?.title.length).toBe(80)
    expect((await apiErrorOf(user().conversation.list({ cursor: first.next_cursor ?? '' }))).reason).toBe(
      'validation_failed',
    )
  })

  test('list their messages oldest first, in pages, and deleting one deletes its messages', async () => {
    const api = user()
    const { conversation_id } = await api.chat.send({ message: 'one' })
    await api.chat.send({ message: 'two', conversation_id })
    const first = await api.conversation.messages({ conversation_id, limit: 3 })
    const second = await api.conversation.messages({
      conversation_id,
      limit: 3,
      cursor: first.next_cursor ?? undefined,
    })
    expect([...first.items, ...second.items].map(({ content }) => content)).toEqual(['one', 'Hello.', 'two', 'Hello.'])
    await api.conversation.delete({ conversation_id })
    expect((await apiErrorOf(api.conversation.messages({ conversation_id }))).reason).toBe('conversation_not_found')
    expect(await fixture.services.db.message.count({ where: { conversation_id } })).toBe(0)
  })
})
