import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { newUser, signedToken } from '@taskwire/api/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tasksOf, type TestResponse, type Send } from '../../../testing/server.ts'
import { callerAt, persistent, sendTo } from '../../../testing/replicas/caller.ts'
import { each, pick } from '../../../testing/replicas/chance.ts'
import { deployed, type Deployment } from '../../../testing/replicas/deployment.ts'
import { REPLICA_HEADER } from '../../../testing/replicas/round_robin.ts'

let replicas: Deployment
beforeAll(async () => {
  replicas = await deployed()
})
afterAll(async () => {
  expect(await replicas.close()).toEqual([0, 0])
  expect(replicas.errors()).toEqual([])
})

/** Sends requests that alternate between the replicas, and asserts that they do. */
async function alternating(user: string): Promise<Send> {
  const send = await callerAt(replicas.url, user)
  let last: string | undefined
  return persistent(async (...call) => {
    const answer = await send(...call)
    expect(answer.headers[REPLICA_HEADER]).not.toBe(last)
    last = answer.headers[REPLICA_HEADER]
    return answer
  })
}

test('each replica returns what the other has written, at once and with its version', async () => {
  const user = newUser()
  const send = await alternating(user)
  for (let n = 0; n < 200; n++) {
    const made = await send('POST', tasksOf(user), { body: { title: `task ${n}` } })
    const seen = await send('GET', tasksOf(user, made.json.id))
    expect(seen).toMatchObject({ status: 200, json: made.json })
    const changed = await send('PATCH', tasksOf(user, made.json.id, '/complete'), { headers: { 'if-match': '"1"' } })
    expect(changed).toMatchObject({ status: 200, json: { version: 2 } })
    const headers = { 'if-none-match': changed.headers['etag'] ?? '' }
    expect(await send('GET', tasksOf(user, made.json.id), { headers })).toMatchObject({ status: 304 })
    expect((await send('GET', tasksOf(user))).json[0]).toEqual(changed.json)
    const undone = await send('POST', `/api/${user}/changes/${2 + 3 * n}/undo`)
    expect(undone).toMatchObject({ status: 200, json: { seq: 3 + 3 * n, after: { completed: false, version: 3 } } })
  }
})

test('consecutive pages from different replicas have no gap during concurrent inserts', async () => {
  const user = newUser()
  const send = persistent(await callerAt(replicas.url, user))
  await each(500, 8, (n) => send('POST', tasksOf(user), { body: { title: `before ${n}` } }))
  const { json: before } = await send('GET', tasksOf(user))
  const pages: TestResponse[] = []
  let isRead = false
  const inserting = each(2, 2, async () => {
    while (!isRead) await send('POST', tasksOf(user), { body: { title: 'meanwhile' } })
  })
  for (let path: string | undefined = `${tasksOf(user)}?limit=7`; path !== undefined;) {
    const page: TestResponse = await send('GET', path)
    expect(page.status).toBe(200)
    pages.push(page)
    path = /<(.*)>; rel="next"/.exec(page.headers['link'] ?? '')?.[1]
  }
  isRead = true
  await inserting
  const read = pages.flatMap(({ json }) => json)
  expect(new Set(pages.map(({ headers }) => headers[REPLICA_HEADER])).size).toBe(2)
  expect(read.filter(({ title }) => title !== 'meanwhile')).toEqual(before)
})

test('a conversation alternates between the replicas with every message', async () => {
  const user = newUser()
  const send = await alternating(user)
  const path = `/api/${user}/chat`
  const { json: first } = await send('POST', path, { body: { message: 'Add a task to buy milk' } })
  expect(first).toMatchObject({ tool_calls: [{ tool: 'add_task' }], model: 'taskwire-offline' })
  const { conversation_id } = first
  const say = async (message: string) => (await send('POST', path, { body: { conversation_id, message } })).json
  expect(await say('Add a task to call mom')).toMatchObject({ conversation_id, tool_calls: [{ tool: 'add_task' }] })
  const { json: tasks } = await send('GET', tasksOf(user))
  const [mom, milk] = tasks.map(({ id }: { id: number }) => id)

  // One replica asks the question, the other understands the answer.
  const asked = await say(`delete tasks ${milk} and ${mom}`)
  expect(asked.response).toContain('Waiting for your confirmation')
  expect((await send('GET', tasksOf(user))).json).toHaveLength(2)
  await send('GET', '/health')
  expect((await say('yes')).tool_calls).toHaveLength(2)
  expect((await send('GET', tasksOf(user))).json).toEqual([])

  const messages = await send('GET', `/api/${user}/conversations/${conversation_id}/messages`)
  expect(messages.json.map(({ role }: { role: string }) => role)).toEqual(inTurns(4))
})

function inTurns(answers: number): string[] {
  return Array.from({ length: answers }, () => ['user', 'assistant']).flat()
}

test('a message whose response is lost is answered once, and its retry gets the same answer', async () => {
  const user = newUser()
  const send = persistent(await callerAt(replicas.url, user))
  const bad = await callerAt(await replicas.line(() => (pick(3) === 0 ? 'response lost' : 'delivered')), user)
  await each(100, 8, async (n) => {
    const sent = { headers: { 'idempotency-key': `message-${n}` }, body: { message: `add a task to water plant ${n}` } }
    const told = await persistent(bad)('POST', `/api/${user}/chat`, sent)
    const again = await send('POST', `/api/${user}/chat`, sent)
    expect([told.status, told.json]).toEqual([200, again.json])
  })
  const { json: tasks } = await send('GET', tasksOf(user))
  expect(new Set(tasks.map(({ title }: { title: string }) => title)).size).toBe(100)
  expect(tasks).toHaveLength(100)
  expect((await send('GET', `/api/${user}/conversations?limit=200`)).json).toHaveLength(100)
})

test('concurrent messages to one conversation through both replicas are answered one after the other', async () => {
  const user = newUser()
  const send = persistent(await callerAt(replicas.url, user))
  const chat = `/api/${user}/chat`
  const { conversation_id } = (await send('POST', chat, { body: { message: 'add a task to begin' } })).json
  const say = (n: number) => send('POST', chat, { body: { conversation_id, message: `add a task to do step ${n}` } })
  const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => say(n)))
  expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200))
  expect(new Set(answers.map(({ headers }) => headers[REPLICA_HEADER])).size).toBe(2)
  const { json: messages } = await send('GET', `/api/${user}/conversations/${conversation_id}/messages`)
  expect(messages.map(({ role }: { role: string }) => role)).toEqual(inTurns(13))
})

test('a session, token or API key from one replica works on the other', async () => {
  const anybody = sendTo(replicas.url)
  await each(20, 10, async (n) => {
    const email = `user-${n}@example.com`
    const body = { name: 'Test User', email, password: 'correct horse battery' }
    const signUp = await anybody('POST', '/api/auth/sign-up/email', { body })
    expect(signUp.status).toBe(200)
    const session = { authorization: `Bearer ${signUp.json.token}` }
    const { json: issued } = await anybody('GET', '/api/auth/token', { headers: session })
    const { json: created } = await anybody('POST', '/api/auth/api-key/create', {
      headers: session,
      body: { name: 'agent', configId: 'write' },
    })
    const path = tasksOf(signUp.json.user.id)
    for (const [made, token] of [issued.token, created.key].entries()) {
      const headers = { authorization: `Bearer ${token}` }
      for (const { url } of replicas.servers) {
        expect(await sendTo(url)('GET', path, { headers })).toMatchObject({ status: 200 })
      }
      expect(await anybody('POST', path, { headers, body: { title: 'mine' } })).toMatchObject({ status: 201 })
      expect((await anybody('GET', path, { headers })).json).toHaveLength(made + 1)
    }
  })
})

test('an MCP client works through alternating replicas', async () => {
  const user = newUser()
  const headers = { authorization: `Bearer ${await signedToken({ sub: user })}` }
  const client = new Client({ name: 'test', version: '1' })
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', replicas.url), { requestInit: { headers } }))
  for (let n = 1; n <= 25; n++) {
    const { structuredContent: added } = await client.callTool({ name: 'add_task', arguments: { title: `task ${n}` } })
    expect(added).toMatchObject({ status: 'created', title: `task ${n}` })
    const { structuredContent: listed } = await client.callTool({ name: 'list_tasks', arguments: { limit: 1 } })
    expect(listed).toMatchObject({ tasks: [{ title: `task ${n}` }] })
  }
  await client.close()
})
