import { Client, StreamableHTTPClientTransport, type ClientOptions } from '@modelcontextprotocol/client'
import { newUser } from '@taskwire/api/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { READ_KEY, testMcpServer, tokenOf, type TestMcpServer } from '../../../testing/mcp_server.ts'

let mcp: TestMcpServer
const open: Client[] = []
beforeAll(async () => {
  mcp = await testMcpServer()
})
afterAll(() => mcp.close())
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()))
})

const newest: ClientOptions = { versionNegotiation: { mode: { pin: '2026-07-28' } } }
const eras = { '2026-07-28': newest, '2025-11-25': {} } satisfies Record<string, ClientOptions>

async function connected(token: string, options: ClientOptions): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, options)
  const requestInit = { headers: { authorization: `Bearer ${token}` } }
  await client.connect(new StreamableHTTPClientTransport(mcp.url, { requestInit }))
  open.push(client)
  return client
}

async function textOf(client: Client, uri: string): Promise<unknown> {
  const { contents } = await client.readResource({ uri })
  const [content] = contents
  expect(content).toMatchObject({ uri, mimeType: 'application/json' })
  return content !== undefined && 'text' in content ? JSON.parse(content.text) : undefined
}

describe.each(Object.entries(eras))('with protocol %s', (_, options) => {
  test('the prompts of the contract are listed and given', async () => {
    const client = await connected(READ_KEY, options)
    const { prompts } = await client.listPrompts()
    expect(prompts.map(({ name, title }) => [name, title])).toEqual([
      ['plan_my_day', 'Plan my day'],
      ['weekly_review', 'Weekly review'],
    ])
    for (const { name } of prompts) {
      expect((await client.getPrompt({ name })).messages).toMatchObject([
        { role: 'user', content: { type: 'text', text: expect.stringContaining('Call list_tasks') } },
      ])
    }
    await expect(client.getPrompt({ name: 'rule_the_world' })).rejects.toThrow('Unknown prompt: rule_the_world')
  })

  test('tasks are resources of their own user', async () => {
    const user = newUser()
    const { task } = mcp.fixture.caller(user)
    Object.assign(mcp.fixture.services, { now: () => new Date('2027-05-04T12:00:00Z') })
    const today = await task.create({ title: 'Today', due_date: '2027-05-04' })
    await task.create({ title: 'Later', due_date: '2027-05-05' })
    const client = await connected(await tokenOf(user), options)
    expect((await client.listResources()).resources).toMatchObject([{ uri: 'taskwire://tasks/today' }])
    const { resourceTemplates } = await client.listResourceTemplates()
    expect(resourceTemplates).toMatchObject([{ uriTemplate: 'taskwire://tasks/{task_id}' }])
    expect(await textOf(client, 'taskwire://tasks/today')).toMatchObject({ tasks: [{ title: 'Today' }] })
    expect(await textOf(client, `taskwire://tasks/${today.id}`)).toEqual({ task: today })
    const stranger = await connected(await tokenOf(newUser()), options)
    expect(await textOf(stranger, 'taskwire://tasks/today')).toEqual({ tasks: [], next_cursor: null })
    for (const uri of [`taskwire://tasks/${today.id}`, 'taskwire://tasks/x', 'file:///etc/passwd']) {
      await expect(stranger.readResource({ uri })).rejects.toThrow(uri)
    }
  })
})

describe('a stream of updates', () => {
  test('tells which resources changed, and nothing of other users or other resources', async () => {
    const [user, other] = [newUser(), newUser()]
    const { task } = mcp.fixture.caller(user)
    const [mine, unwatched] = [await task.create({ title: 'Mine' }), await task.create({ title: 'Unwatched' })]
    const theirs = await mcp.fixture.caller(other).task.create({ title: 'Theirs' })
    const updated: string[] = []
    const client = await connected(await tokenOf(user), newest)
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => void updated.push(params.uri))
    const watched = ['today', mine.id, theirs.id].map((name) => `taskwire://tasks/${name}`)
    const stream = await client.listen({ resourceSubscriptions: watched })
    expect(stream.honoredFilter).toMatchObject({ resourceSubscriptions: watched })
    await mcp.fixture.caller(other).task.update({ task_id: theirs.id, title: 'Still theirs' })
    await task.update({ task_id: unwatched.id, title: 'Not watched' })
    await task.update({ task_id: mine.id, title: 'Changed' })
    await task.update({ task_id: mine.id, due_date: '2027-05-04' })
    const expected = [`taskwire://tasks/${mine.id}`, `taskwire://tasks/${mine.id}`, 'taskwire://tasks/today']
    await expect.poll(() => updated).toEqual(expected)
    await stream.close()
    await expect.poll(() => mcp.fixture.services.feed.subscriptions()).toBe(0)
  })

  test('is not announced to clients of 2025, which have no session to get it in', async () => {
    const client = await connected(await tokenOf(newUser()), {})
    expect(client.getServerCapabilities()).toEqual({ tools: {}, prompts: {}, resources: {} })
    const modern = await connected(await tokenOf(newUser()), newest)
    expect(modern.getServerCapabilities()).toEqual({ tools: {}, prompts: {}, resources: { subscribe: true } })
  })

  test('that is refused leaves no subscription behind', async () => {
    const body = { jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params: {} }
    const response = await fetch(mcp.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await tokenOf(newUser())}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/list',
      },
      body: JSON.stringify(body),
    })
    expect(response.status).toBe(400)
    await response.text()
    await expect.poll(() => mcp.fixture.services.feed.subscriptions()).toBe(0)
  })
})

type Decision = { action: 'accept'; content: { delete: boolean } } | { action: 'decline' } | { action: 'cancel' }

describe('deleting several tasks with a client that can ask its user', () => {
  async function deletionOf(user: string, decision: Decision, task_ids: unknown[]) {
    const questions: string[] = []
    const client = await connected(await tokenOf(user), { ...newest, capabilities: { elicitation: { form: {} } } })
    client.setRequestHandler('elicitation/create', ({ params }) => {
      questions.push(params.message)
      return decision
    })
    const result = await client.callTool({ name: 'change_tasks', arguments: { task_ids, do: 'delete' } })
    return { questions, result }
  }

  async function userWithTwo() {
    const user = newUser()
    const { task } = mcp.fixture.caller(user)
    const ids = [(await task.create({ title: 'Milk' })).id, (await task.create({ title: 'Bread' })).id]
    return { user, ids, titles: async () => (await task.list({})).items.map(({ title }) => title) }
  }

  test('asks first, and deletes after a yes', async () => {
    const { user, ids, titles } = await userWithTwo()
    const { questions, result } = await deletionOf(user, { action: 'accept', content: { delete: true } }, ids)
    expect(questions).toEqual(['Delete 2 tasks: “Milk”, “Bread”?'])
    expect(result).toMatchObject({ structuredContent: { first_seq: 3, last_seq: 4 } })
    expect(await titles()).toEqual([])
  })

  test.each<Decision>([{ action: 'decline' }, { action: 'cancel' }, { action: 'accept', content: { delete: false } }])(
    'deletes nothing after %j',
    async (decision) => {
      const { user, ids, titles } = await userWithTwo()
      const { questions, result } = await deletionOf(user, decision, ids)
      expect(questions).toHaveLength(1)
      expect(result).toMatchObject({
        isError: true,
        content: [{ text: expect.stringContaining('nothing was deleted') }],
      })
      expect(await titles()).toEqual(['Bread', 'Milk'])
    },
  )

  test('does not ask about one task, nor about a call that fails', async () => {
    const { user, ids, titles } = await userWithTwo()
    const [first, second] = ids
    const decision: Decision = { action: 'decline' }
    const failed = await deletionOf(user, decision, [first, 2_000_000_000])
    expect(failed).toMatchObject({ questions: [], result: { structuredContent: { code: 'task_not_found' } } })
    expect((await deletionOf(user, decision, [second, String(second)])).questions).toEqual([])
    expect(await titles()).toEqual(['Milk'])
  })

  test('runs at once with a client that cannot ask', async () => {
    for (const options of Object.values(eras)) {
      const { user, ids, titles } = await userWithTwo()
      const client = await connected(await tokenOf(user), options)
      await client.callTool({ name: 'change_tasks', arguments: { task_ids: ids, do: 'delete' } })
      expect(await titles()).toEqual([])
    }
  })
})
