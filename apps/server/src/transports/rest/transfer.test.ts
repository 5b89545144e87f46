import { request as httpRequest } from 'node:http'
import { rateLimit } from '@taskwire/api'
import { newUser, signedToken } from '@taskwire/api/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tasksOf, testServer, type TestServer } from '../../../testing/server.ts'

let server: TestServer
let url: string
beforeAll(async () => {
  server = await testServer()
  url = await server.listen()
})
afterAll(() => server.close())

/** A request with bytes as its body, of whatever type. */
async function request(user: string, path: string, init: RequestInit = {}) {
  const headers = new Headers(init.headers)
  headers.set('authorization', `Bearer ${await signedToken({ sub: user })}`)
  return fetch(`${url}/api/${user}${path}`, { ...init, headers })
}

async function upload(user: string, source: string, body: string | Uint8Array<ArrayBuffer>, type = 'text/plain') {
  const response = await request(user, `/import?source=${source}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  })
  return { status: response.status, json: JSON.parse(await response.text()) }
}

async function titlesOf(user: string): Promise<string[]> {
  const { json } = await server.as(user)('GET', `${tasksOf(user)}?sort=position`)
  return json.map(({ title }: { title: string }) => title)
}

test.each([
  ['json', 'application/json; charset=utf-8', 'tasks.json'],
  ['csv', 'text/csv; charset=utf-8; header=present', 'tasks.csv'],
  ['ics', 'text/calendar; charset=utf-8', 'tasks.ics'],
  ['todotxt', 'text/plain; charset=utf-8', 'tasks.txt'],
])('an export as %s is a file of its type', async (format, type, name) => {
  const user = newUser()
  await server.as(user)('POST', tasksOf(user), { body: { title: 'Bread' } })
  const response = await request(user, `/export?format=${format}`)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, type])
  expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${name}"`)
  expect(await response.text()).toContain('Bread')
})

test('an export of many parts is one file, with everything of its user', async () => {
  const [user, other] = [newUser(), newUser()]
  const lines = Array.from({ length: 450 }, (_, n) => `Task ${n}`)
  expect((await upload(user, 'csv', `title\n${lines.join('\n')}`)).json.created).toBe(450)
  await server.as(other)('POST', tasksOf(other), { body: { title: 'Of another user' } })
  const text = await (await request(user, '/export?format=json')).text()
  const file = JSON.parse(text)
  expect(file).toMatchObject({ format: 'taskwire', version: 1, user_id: user, settings: { remind_time: '09:00' } })
  expect([file.tasks.length, file.trash.length, file.changes.length, file.conversations.length]).toEqual([
    450, 0, 450, 0,
  ])
  expect(text).not.toContain('Of another user')
  const csv = await (await request(user, '/export?format=csv')).text()
  expect(csv.split('\r\n')).toHaveLength(452)
})

test('an export counts as one call, however many parts it has', async () => {
  const user = newUser()
  const lines = Array.from({ length: 450 }, (_, n) => `Task ${n}`)
  await upload(user, 'csv', `title\n${lines.join('\n')}`)
  Object.assign(server.fixture.services, { calls: rateLimit({ limit: 1 }) })
  try {
    const file = JSON.parse(await (await request(user, '/export?format=json')).text())
    expect(file.tasks).toHaveLength(450)
    expect((await request(user, '/export?format=json')).status).toBe(429)
  } finally {
    Object.assign(server.fixture.services, { calls: undefined })
  }
})

test('an export has the trash, the log and the conversations', async () => {
  const user = newUser()
  const send = server.as(user)
  const { json: task } = await send('POST', tasksOf(user), { body: { title: 'Bread' } })
  await send('DELETE', tasksOf(user, task.id))
  const { db } = server.fixture.services
  const { id } = await db.conversation.create({ data: { user_id: user, title: 'About bread' } })
  await db.message.create({ data: { user_id: user, conversation_id: id, role: 'user', content: 'Hello' } })
  const file = JSON.parse(await (await request(user, '/export?format=json')).text())
  expect(file.tasks).toEqual([])
  expect(file.trash).toMatchObject([{ id: task.id, deleted_at: expect.stringMatching(/Z$/) }])
  expect(file.changes).toMatchObject([{ kind: 'created' }, { kind: 'deleted', before: { title: 'Bread' } }])
  expect(file.conversations).toMatchObject([{ id, messages: [{ role: 'user', content: 'Hello' }] }])
})

test('a format that does not exist is refused', async () => {
  const { status, json } = await server.as('ann')('GET', '/api/ann/export?format=xml')
  expect([status, json.code, json.detail[0].loc]).toEqual([422, 'validation_failed', ['query', 'format']])
})

const text = 'title,tags\r\nBröd & Käse,"a,b"\r\n'
test.each([
  ['UTF-8', new TextEncoder().encode(text)],
  ['UTF-8 with a byte order mark', new TextEncoder().encode(`\uFEFF${text}`)],
  ['UTF-16 with a byte order mark', new Uint8Array(Buffer.from(`\uFEFF${text}`, 'utf16le'))],
  ['UTF-16 without one', new Uint8Array(Buffer.from(text, 'utf16le'))],
  ['Windows-1252', new Uint8Array(Buffer.from(text, 'latin1'))],
])('a file in %s is read', async (_, bytes) => {
  const user = newUser()
  expect(await upload(user, 'csv', bytes)).toMatchObject({ status: 200, json: { created: 1 } })
  expect(await titlesOf(user)).toEqual(['Bröd & Käse'])
})

test.each(['application/json', 'text/csv', 'multipart/form-data', 'image/png'])(
  'a file may be sent as %s',
  async (type) => {
    const user = newUser()
    expect(await upload(user, 'csv', 'title\nBread', type)).toMatchObject({ status: 200, json: { created: 1 } })
  },
)

/** The status of an upload of which only the headers are sent. */
function statusBeforeBody(path: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${url}${path}`, { method: 'POST', headers, agent: false })
    request.on('response', (response) => {
      resolve(response.statusCode)
      request.destroy()
    })
    request.on('error', reject)
    request.flushHeaders()
  })
}

test.each([['content-length', '20000000'] as const, ['transfer-encoding', 'chunked'] as const])(
  'the token is judged before any of a file is read, with %s',
  async (name, value) => {
    const user = newUser()
    const path = `/api/${user}/import?source=csv`
    expect(await statusBeforeBody(path, { [name]: value })).toBe(401)
    expect(await statusBeforeBody(path, { [name]: value, authorization: 'Bearer wrong' })).toBe(401)
    const other = `Bearer ${await signedToken({ sub: newUser() })}`
    expect(await statusBeforeBody(path, { [name]: value, authorization: other })).toBe(403)
  },
)

test('a file that says that it is too large is 413, whoever sends it', async () => {
  expect(await statusBeforeBody('/api/ann/import?source=csv', { 'content-length': '20971521' })).toBe(413)
})

test('dry_run writes nothing', async () => {
  const user = newUser()
  const response = await request(user, '/import?source=csv&dry_run=true', { method: 'POST', body: 'title\nBread' })
  expect(JSON.parse(await response.text())).toEqual({
    created: 1,
    skipped: 0,
    first_seq: null,
    last_seq: null,
    rows: [{ row: 1, title: 'Bread', result: 'created' }],
  })
  expect(await titlesOf(user)).toEqual([])
})

test('a file that cannot be read is import_unreadable, and says where', async () => {
  expect(await upload(newUser(), 'csv', 'title\n"Bread')).toMatchObject({
    status: 422,
    json: {
      code: 'import_unreadable',
      detail: [{ loc: ['body'], msg: 'This file cannot be read: line 2: a quote is not closed' }],
    },
  })
})

/** The events of an import, each with its data. */
async function importEvents(user: string, source: string, body: string) {
  const headers = { accept: 'text/event-stream' }
  const response = await request(user, `/import?source=${source}`, { method: 'POST', headers, body })
  const text = await response.text()
  const events = [...text.matchAll(/^event: (\w+)\ndata: (.*)$/gm)].map(([, event, data = '']) => ({
    event,
    data: JSON.parse(data),
  }))
  return { status: response.status, type: response.headers.get('content-type'), events, text }
}

test('an import tells its progress to a client that accepts events, and then its report', async () => {
  const user = newUser()
  const lines = Array.from({ length: 1200 }, (_, n) => `Task ${n}`)
  const { status, type, events } = await importEvents(user, 'csv', `title\n${lines.join('\n')}`)
  expect([status, type]).toEqual([200, 'text/event-stream; charset=utf-8'])
  const written = events.filter(({ event }) => event === 'progress').map(({ data }) => data)
  // A slow reader gets the last alone.
  expect(written.length).toBeGreaterThan(0)
  expect(written.at(-1)).toEqual({ written: 1200, total: 1200 })
  expect(events.at(-1)).toMatchObject({ event: 'result', data: { created: 1200, skipped: 0 } })
  expect(events).toHaveLength(written.length + 1)
  expect(await titlesOf(user)).toHaveLength(1200)
})

test('an import that creates nothing answers events with its report alone', async () => {
  const user = newUser()
  await upload(user, 'csv', 'title\nBread')
  const { events } = await importEvents(user, 'csv', 'title\nBread')
  expect(events).toMatchObject([{ event: 'result', data: { created: 0, skipped: 1 } }])
})

test('a file that cannot be read is an ordinary refusal for a client that accepts events, too', async () => {
  const { status, type, text } = await importEvents(newUser(), 'taskwire', '{')
  expect([status, type]).toEqual([422, 'application/json; charset=utf-8'])
  expect(JSON.parse(text)).toMatchObject({ code: 'import_unreadable' })
})
