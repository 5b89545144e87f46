import type { Change } from '@taskwire/api'
import { newUser, apiErrorOf, signedToken, testServices, type Caller, type TestServices } from '@taskwire/api/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addedFields, startServerWith } from '../../testing/added_fields/added_fields.ts'
import { mcpTool, rest, trpcMutation, trpcQuery } from '../../testing/compatibility/requests.ts'
import type { RecordedRequest } from '../../testing/compatibility/exchange.ts'
import { fakeOpenAi, type FakeOpenAi, type Reply } from '../../testing/fake_openai.ts'
import type { ServerProcess } from '../../testing/replicas/server_process.ts'

// What it takes to add a field: the server of these tests has four more lines in its table of fields and four more
// columns in its database, and no other change. `older` is a replica without them on the same database.

let older: TestServices
let server: ServerProcess
let model: FakeOpenAi
/** Changes from before the migrations. */
let veteran: { user_id: string; task_id: number; completed: Awaited<ReturnType<Caller['task']['complete']>> }

beforeAll(async () => {
  older = await testServices()
  model = await fakeOpenAi()
  const user_id = newUser()
  const { task } = older.caller(user_id)
  const { id: task_id } = await task.create({ title: 'Milk', idempotency_key: 'created-before' })
  await task.update({ task_id, title: 'Bread' })
  const completed = await task.complete({ task_id, idempotency_key: 'completed-before' })
  await task.delete({ task_id: (await task.create({ title: 'Trashed' })).id })
  veteran = { user_id, task_id, completed }
  for (const { migration } of Object.values(addedFields)) await older.database.pool.query(migration)
  const settings = { DATABASE_URL: older.database.url, OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-test' }
  server = await startServerWith(Object.values(addedFields), settings)
  await server.ready
})
afterAll(async () => {
  expect(await server.stop()).toBe(0)
  expect(server.errors).toEqual([])
  await model.close()
  await older.close()
})

// The shape depends on the route, and an assertion on a wrong shape fails by itself.
// oxlint-disable-next-line typescript/no-explicit-any
type Json = any

async function send(
  user_id: string,
  { method, path, headers, body }: RecordedRequest,
): Promise<{ status: number; json: Json }> {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      authorization: `Bearer ${await signedToken({ sub: user_id })}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer = await response.text()
  const event = /^data: (.*)$/m.exec(answer)?.[1]
  return { status: response.status, json: answer === '' ? undefined : JSON.parse(event ?? answer) }
}

function someone(user_id = newUser()) {
  const caller = { as: 'them', user_id }
  return {
    user_id,
    rest: (call: string, body?: unknown, key?: string) =>
      send(user_id, rest(caller, call, { body, ...(key === undefined ? {} : { key }) })),
    mutation: (name: string, input: object) =>
      send(user_id, trpcMutation(caller, name, input)).then(({ json }) => json.result?.data ?? json.error.data),
    query: (name: string, input: object) =>
      send(user_id, trpcQuery(caller, name, input)).then(({ json }) => json.result.data),
    tool: (name: string, args: object) =>
      send(user_id, mcpTool(caller, name, args)).then(({ json }) => json.result.structuredContent),
    changes: (): Promise<Change[]> =>
      send(user_id, rest(caller, 'GET /changes?since=0')).then(({ json }) => json.changes),
  }
}

const values = {
  seen_on: '2026-12-24',
  labels: ['home', 'a,"b"\\', 'née'],
  steps: [{ item: 'one', done: false }],
}
const defaults = { seen_on: null, labels: [], steps: [], rank: 'm' }

describe('each transport reads and writes an added field', () => {
  test('REST', async () => {
    const { rest } = someone()
    const created = await rest('POST /tasks', { title: 'Milk', ...values })
    expect(created).toMatchObject({ status: 201, json: { ...values, rank: 'm' } })
    const { id } = created.json
    expect((await rest(`GET /tasks/${id}`)).json).toStrictEqual(created.json)
    expect((await rest('GET /tasks')).json).toStrictEqual([created.json])
    expect((await rest('GET /tasks?limit=1&sort=title')).json).toStrictEqual([created.json])
    const cleared = await rest(`PATCH /tasks/${id}`, { seen_on: null, labels: [] })
    expect(cleared.json).toMatchObject({ ...values, seen_on: null, labels: [], version: 2 })
    const kept = await rest(`PUT /tasks/${id}`, { title: 'Bread' })
    expect(kept.json).toMatchObject({ title: 'Bread', seen_on: null, steps: values.steps, version: 3 })
    expect((await rest('POST /tasks', { title: 'Plain' })).json).toMatchObject(defaults)
    expect((await rest(`DELETE /tasks/${id}`)).status).toBe(204)
    expect((await rest('GET /tasks?status=deleted')).json).toMatchObject([{ id, steps: values.steps }])
  })

  test('REST rejects a value that the table does not allow', async () => {
    const { rest } = someone()
    const wrong = { seen_on: '2026-02-30', labels: null, steps: [{}], rank: 'a' }
    for (const [name, value] of Object.entries(wrong)) {
      const { status, json } = await rest('POST /tasks', { title: 'Milk', [name]: value })
      expect([status, json.code, json.detail[0].loc[1]]).toEqual([422, 'validation_failed', name])
    }
  })

  test('tRPC', async () => {
    const { mutation, query } = someone()
    const created = await mutation('task.create', { title: 'Milk', ...values })
    expect(created).toMatchObject({ ...values, rank: 'm' })
    const moved = await mutation('task.update', { task_id: created.id, seen_on: '2027-01-01' })
    expect(await query('task.get', { task_id: created.id })).toStrictEqual(moved)
    expect((await query('task.list', {})).items).toStrictEqual([moved])
    const { changes } = await query('change.list', { since: 0 })
    expect(changes.map(({ after }: Json) => after.seen_on)).toEqual(['2026-12-24', '2027-01-01'])
    expect(await mutation('task.update', { task_id: created.id, rank: 'a' })).toMatchObject({
      reason: 'validation_failed',
    })
  })

  test('MCP', async () => {
    const { user_id, tool } = someone()
    const { task_id } = await tool('add_task', { title: 'Milk', ...values })
    expect((await tool('list_tasks', { details: true })).tasks).toMatchObject([{ id: task_id, ...values, rank: 'm' }])
    expect(await tool('update_task', { task_id, seen_on: '2027-01-01' })).toMatchObject({ status: 'updated' })
    expect(await tool('undo', {})).toMatchObject({ status: 'undone' })
    expect((await tool('list_tasks', {})).tasks).toMatchObject([values])
    const call = mcpTool({ as: 'them', user_id }, 'add_task', {})
    const list = { ...call, headers: { ...call.headers, 'mcp-method': 'tools/list', 'mcp-name': '' } }
    const { _meta } = (call.body as Json).params
    const { json } = await send(user_id, {
      ...list,
      body: { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta } },
    })
    const schemas = Object.fromEntries(json.result.tools.map((each: Json) => [each.name, each.inputSchema.properties]))
    for (const name of ['add_task', 'update_task']) {
      expect(schemas[name]).toMatchObject({ seen_on: {}, labels: { maxItems: 20 }, steps: {} })
      expect(schemas[name]).not.toHaveProperty('rank')
    }
  })

  test('chat, by the assistant', async () => {
    const { rest } = someone()
    const first = model.requests.length
    const call: Reply = { calls: [{ name: 'add_task', arguments: JSON.stringify({ title: 'Milk', ...values }) }] }
    model.script = ({ number }) => (number === first ? call : { text: 'Added.' })
    const { json } = await rest('POST /chat', { message: 'Add milk for Christmas' })
    expect(json).toMatchObject({ response: 'Added.', tool_calls: [{ tool: 'add_task', args: values }] })
    expect((await rest('GET /tasks')).json).toMatchObject([values])
  })

  test('the event stream', async () => {
    const { user_id, mutation } = someone()
    await mutation('task.create', { title: 'Milk', ...values })
    const authorization = `Bearer ${await signedToken({ sub: user_id })}`
    const leaving = new AbortController()
    const { body } = await fetch(`${server.url}/api/${user_id}/events?since=0`, {
      headers: { authorization },
      signal: leaving.signal,
    })
    let text = ''
    for await (const part of body ?? []) {
      text += Buffer.from(part).toString()
      if (/^data: .*\n/m.test(text)) break
    }
    leaving.abort()
    expect(JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? '')).toMatchObject({ kind: 'created', after: values })
  })

  test('the OpenAPI document', async () => {
    const document: Json = await (await fetch(`${server.url}/openapi.json`)).json()
    const { Task, LoggedTask } = document.components.schemas
    const names = Object.keys(addedFields)
    expect(Task.required).toEqual(expect.arrayContaining(names))
    expect(Object.keys(LoggedTask.properties)).toEqual(expect.arrayContaining(names))
    for (const name of names) expect(LoggedTask.required).not.toContain(name)
    const body = document.paths['/api/{user_id}/tasks'].post.requestBody.content['application/json'].schema
    expect(body.properties).toMatchObject({ seen_on: {}, labels: { maxItems: 20 }, steps: {} })
    expect(body.properties).not.toHaveProperty('rank')
    expect(body.required).toEqual(['title'])
  })
})

describe('the log covers an added field', () => {
  test('a change of it is an update, even together with completed; completed alone is a completion', async () => {
    const { mutation, changes } = someone()
    const { id: task_id } = await mutation('task.create', { title: 'Milk', ...values })
    await mutation('task.update', { task_id, seen_on: '2027-01-01' })
    await mutation('task.update', { task_id, seen_on: null, completed: true })
    await mutation('task.toggle', { task_id })
    await mutation('task.update', { task_id, labels: ['x'], completed: true })
    await mutation('task.update', { task_id, steps: [], completed: false })
    await mutation('task.update', { task_id, completed: true })
    const kinds = ['created', 'updated', 'updated', 'reopened', 'updated', 'updated', 'completed']
    expect((await changes()).map(({ kind }) => kind)).toEqual(kinds)
  })

  test.each([
    { seen_on: '2027-01-01' },
    { seen_on: null },
    { labels: ['x', 'y'] },
    { steps: [{ item: 'one', done: true }] },
    { seen_on: '2027-01-01', completed: true },
    { labels: [], title: 'Bread', steps: [] },
    { completed: true },
  ])('undo of a change of %j restores all of it', async (fields) => {
    const { mutation } = someone()
    const created = await mutation('task.create', { title: 'Milk', ...values })
    const changed = await mutation('task.update', { task_id: created.id, ...fields })
    expect(changed).toMatchObject(fields)
    const undone = await mutation('change.undo', { seq: 2 })
    expect(undone).toMatchObject({
      undoes: 2,
      before: changed,
      after: { ...created, version: 3, updated_at: expect.any(String) },
    })
    const redone = await mutation('change.undo', { seq: 3 })
    expect(redone.after).toMatchObject({ ...changed, version: 4, updated_at: expect.any(String) })
  })

  test.each([{ seen_on: null }, { labels: ['home'] }, { steps: [{ item: 'one', done: true }] }])(
    'a later change to %j is a conflict for the undo of another field',
    async (fields) => {
      const { mutation } = someone()
      const { id: task_id } = await mutation('task.create', { title: 'Milk', ...values })
      await mutation('task.update', { task_id, title: 'Bread' })
      await mutation('task.update', { task_id, ...fields })
      expect(await mutation('change.undo', { seq: 2 })).toMatchObject({ reason: 'undo_conflict' })
      await mutation('change.undo', { seq: 3 })
      expect(await mutation('change.undo', { seq: 2 })).toMatchObject({ after: { title: 'Milk', ...values } })
    },
  )

  test('an update sets any combination of fields and no other field', async () => {
    const { mutation } = someone()
    const changed = { title: 'Bread', description: 'x', completed: true, seen_on: null, labels: [], steps: [] }
    const original = { title: 'Milk', description: null, completed: false, ...values }
    const names = Object.keys(changed)
    const { id: task_id } = await mutation('task.create', original)
    for (let set = 0; set < 2 ** names.length; set++) {
      const sent = Object.fromEntries(Object.entries(changed).filter((_, index) => (set >> index) & 1))
      expect(await mutation('task.update', { task_id, ...sent })).toMatchObject({ ...original, ...sent })
      await mutation('task.update', { task_id, ...original })
    }
  })

  test('undo restores a deleted task with it', async () => {
    const { mutation } = someone()
    const created = await mutation('task.create', { title: 'Milk', ...values })
    expect(await mutation('task.delete', { task_id: created.id })).toMatchObject(values)
    expect(await mutation('change.undo', { seq: 2 })).toMatchObject({ kind: 'restored', after: values })
    expect(await mutation('change.undo', { seq: 1 })).toMatchObject({ kind: 'deleted', before: values })
  })

  test('a retry by key returns its original value', async () => {
    const { rest, changes } = someone()
    const body = { title: 'Milk', ...values }
    const created = await rest('POST /tasks', body, 'a-key')
    const update = await rest(`PATCH /tasks/${created.json.id}`, { seen_on: null }, 'another')
    await rest(`PATCH /tasks/${created.json.id}`, { labels: [] })
    expect(await rest('POST /tasks', body, 'a-key')).toEqual(created)
    expect(await rest(`PATCH /tasks/${created.json.id}`, { seen_on: null }, 'another')).toEqual(update)
    expect(await rest('POST /tasks', { ...body, seen_on: null }, 'a-key')).toMatchObject({
      status: 422,
      json: { code: 'idempotency_key_reused' },
    })
    expect(await changes()).toHaveLength(3)
  })
})

describe('a log from before an added field', () => {
  test('stays readable, without the field that did not exist yet', async () => {
    const { changes, rest } = someone(veteran.user_id)
    const entries = await changes()
    expect(entries.map(({ kind }) => kind).slice(0, 5)).toEqual([
      'created',
      'updated',
      'completed',
      'created',
      'deleted',
    ])
    for (const name of Object.keys(addedFields)) {
      for (const { before, after } of entries.slice(0, 5)) {
        expect(before ?? {}).not.toHaveProperty(name)
        expect(after ?? {}).not.toHaveProperty(name)
      }
    }
    const history = await rest(`GET /tasks/${veteran.task_id}/history`)
    expect(history.json.map(({ after }: Change) => after?.title)).toEqual(['Bread', 'Bread', 'Milk'])
  })

  test('serves retries of its keys, with the default value of the field', async () => {
    const { mutation, rest } = someone(veteran.user_id)
    expect(await rest('POST /tasks', { title: 'Milk' }, 'created-before')).toMatchObject({
      status: 201,
      json: { id: veteran.task_id, title: 'Milk', version: 1, ...defaults },
    })
    const again = { task_id: veteran.task_id, idempotency_key: 'completed-before' }
    expect(await mutation('task.complete', again)).toStrictEqual({ ...veteran.completed, ...defaults })
  })

  test('can be undone without touching the field', async () => {
    const user_id = newUser()
    const { mutation } = someone(user_id)
    const { id: task_id } = await older.caller(user_id).task.create({ title: 'Milk' })
    await older.caller(user_id).task.update({ task_id, title: 'Bread' })
    // As an entry from before the migrations has it.
    await older.database.pool.query(
      `UPDATE taskwire.change SET shape = 1, before = before - $2::text[], after = after - $2::text[]
        WHERE user_id = $1`,
      [user_id, Object.keys(addedFields)],
    )
    await mutation('task.update', { task_id, ...values })
    const undone = await mutation('change.undo', { seq: 2 })
    expect(undone).toMatchObject({ kind: 'updated', after: { title: 'Milk', ...values } })
    await mutation('task.delete', { task_id })
    expect(await mutation('change.undo', { seq: 5 })).toMatchObject({ after: { title: 'Milk', ...values } })
  })
})

describe('an older replica beside a newer one', () => {
  test('reads the log, and undoes changes of the fields that it knows', async () => {
    const { user_id, mutation, query } = someone()
    const { id: task_id } = await mutation('task.create', { title: 'Milk', ...values })
    await mutation('task.update', { task_id, title: 'Bread', seen_on: '2027-01-01' })
    const { change, task } = older.caller(user_id)
    const { changes } = await change.list({ since: 0 })
    expect(changes.map(({ after }) => after?.title)).toEqual(['Milk', 'Bread'])
    expect(changes[0]?.after).not.toHaveProperty('seen_on')
    await change.undo({ seq: 2 })
    expect(await query('task.get', { task_id })).toMatchObject({ title: 'Milk', seen_on: '2027-01-01' })
    expect((await apiErrorOf(change.undo({ seq: 2 }))).reason).toBe('undo_conflict')
    await task.update({ task_id, description: 'by the older one' })
    const { id } = await task.create({ title: 'Plain' })
    expect(await query('task.get', { task_id })).toMatchObject({ ...values, seen_on: '2027-01-01' })
    expect(await query('task.get', { task_id: id })).toMatchObject(defaults)
  })
})
