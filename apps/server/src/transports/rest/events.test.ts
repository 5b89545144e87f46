import { get, type IncomingMessage } from 'node:http'
import { fireRemindersAt, newUser, signedToken } from '@taskwire/api/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tasksOf, testServer, type TestServer } from '../../../testing/server.ts'

let server: TestServer
let url: string
beforeAll(async () => {
  server = await testServer()
  url = await server.listen()
})
afterAll(() => server.close())

interface Stream {
  readonly response: IncomingMessage
  /** Everything received, as soon as it satisfies `enough`. */
  until(enough: (text: string) => boolean): Promise<string>
  close(): void
}

async function follow(user: string, query = '', headers: Record<string, string> = {}): Promise<Stream> {
  const authorization = `Bearer ${await signedToken({ sub: user })}`
  const path = `${url}/api/${user}/events${query}`
  const response = await new Promise<IncomingMessage>((resolve) => {
    get(path, { headers: { authorization, ...headers }, agent: false }, resolve)
  })
  let text = ''
  let notify = () => {}
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    notify()
  })
  response.on('end', () => notify()).on('error', () => notify())
  return {
    response,
    async until(enough) {
      while (!enough(text)) await new Promise<void>((resolve) => (notify = resolve))
      return text
    },
    close: () => response.destroy(),
  }
}

const ids = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))
const create = (user: string, title: string) => server.as(user)('POST', tasksOf(user), { body: { title } })

test('a stream starts at once, at the end of the log, and sends each change as an event', async () => {
  const user = newUser()
  await create(user, 'before')
  const stream = await follow(user)
  expect(stream.response).toMatchObject({
    statusCode: 200,
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-request-id': expect.any(String),
    },
  })
  expect(await stream.until((text) => text.includes('retry'))).toMatch(/^retry: \d+\n\n$/)
  const { json: task } = await create(user, 'live')
  const text = await stream.until((all) => all.includes('data:') && all.endsWith('\n\n'))
  expect(text).toMatch(/id: 2\nevent: change\ndata: \{.+\}\n\n$/)
  const change = JSON.parse(/^data: (.+)$/m.exec(text)?.[1] ?? '')
  expect(change).toMatchObject({ seq: 2, kind: 'created', via: 'rest', before: null, after: task })
  stream.close()
})

test('a reminder that fires is an event without an id, on every open stream, and moves no position', async () => {
  const user = newUser()
  const streams = [await follow(user), await follow(user, '?since=0')]
  const body = { title: 'call', reminders: ['2090-01-01T08:00'] }
  const { json: task } = await server.as(user)('POST', tasksOf(user), { body })
  await fireRemindersAt(server.fixture.services, '2090-01-01T08:00:01Z')
  for (const stream of streams) {
    const text = await stream.until((all) => all.includes('event: reminder') && all.endsWith('\n\n'))
    expect(text).toMatch(/\n\nevent: reminder\ndata: \{.+\}\n\n/)
    expect(ids(text)).toEqual([1])
    expect(JSON.parse(/event: reminder\ndata: (.+)/.exec(text)?.[1] ?? '')).toEqual({
      task_id: task.id,
      user_id: user,
      title: 'call',
      due_date: null,
      due_time: null,
      due_zone: null,
      due_at: null,
      remind_at: '2090-01-01T08:00:00.000Z',
      late: false,
    })
    stream.close()
  }
  const { json } = await server.as(user)('GET', `/api/${user}/reminders?state=fired`)
  expect(json).toMatchObject([{ task_id: task.id, fired_at: '2090-01-01T08:00:01.000Z', seen_at: null }])
})

test('a stream resumes after since, and after Last-Event-ID if both are given', async () => {
  const user = newUser()
  for (const title of ['1', '2', '3', '4']) await create(user, title)
  const since = await follow(user, '?since=1')
  expect(ids(await since.until((text) => ids(text).length === 3))).toEqual([2, 3, 4])
  since.close()
  const resumed = await follow(user, '?since=1', { 'last-event-id': '3' })
  await create(user, '5')
  expect(ids(await resumed.until((text) => ids(text).length === 2))).toEqual([4, 5])
  resumed.close()
})

test.each([
  ['?since=7', {}, 410, 'changes_expired'],
  ['', { 'last-event-id': '7' }, 410, 'changes_expired'],
  ['?since=x', {}, 422, 'validation_failed'],
  ['', { 'last-event-id': 'x' }, 422, 'validation_failed'],
])('an invalid subscription (%j %j) is an ordinary error', async (query, headers, status, code) => {
  const user = newUser()
  const response = await server.as(user)('GET', `/api/${user}/events${query}`, { headers })
  expect(response).toMatchObject({ status, json: { code } })
})

test('an invalid Last-Event-ID is reported by name', async () => {
  const user = newUser()
  const response = await server.as(user)('GET', `/api/${user}/events`, { headers: { 'last-event-id': 'x' } })
  expect(response.json.detail).toEqual([
    { type: 'invalid_format', loc: ['header', 'last-event-id'], msg: 'Must be the id of an event' },
  ])
})

test('other errors are status codes as well', async () => {
  expect(await server.send('GET', '/api/alice/events')).toMatchObject({ status: 401 })
  expect(await server.as('bob')('GET', '/api/alice/events')).toMatchObject({ status: 403 })
})

test("a user's eleventh stream is rejected until one ends", async () => {
  const user = newUser()
  const streams = await Promise.all(Array.from({ length: 10 }, () => follow(user)))
  const rejected = await server.as(user)('GET', `/api/${user}/events`)
  expect(rejected).toMatchObject({ status: 429, json: { code: 'rate_limited' }, headers: { 'retry-after': '5' } })
  const other = await follow(newUser())
  expect(other.response.statusCode).toBe(200)
  streams[0]?.close()
  await expect.poll(async () => (await follow(user)).response.statusCode).toBe(200)
  for (const stream of [...streams, other]) stream.close()
})

test('HEAD responds and leaves no stream open', async () => {
  const user = newUser()
  for (let n = 0; n < 12; n++) {
    expect(await server.as(user)('HEAD', `/api/${user}/events`)).toMatchObject({ status: 200, text: '' })
  }
})

test('when the server stops, streams end with a hint when to reconnect', async () => {
  const stopping = await testServer()
  const target = await stopping.listen()
  const authorization = `Bearer ${await signedToken({ sub: 'alice' })}`
  const response = await fetch(`${target}/api/alice/events`, { headers: { authorization } })
  stopping.fixture.services.feed.close()
  expect(await response.text()).toMatch(/^retry: \d+\n\nretry: \d+\n\n$/)
  await stopping.close()
})
