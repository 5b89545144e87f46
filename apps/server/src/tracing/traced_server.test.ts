import { randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startServer, type ServerProcess } from '../../testing/compatibility/server_process.ts'
import { openReceiver, type Receiver, type ReceivedSpan } from '../../testing/tracing/receiver.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..', '..')
const SECRET = 'a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5'
/** In everything that a caller can choose, and so in no span. */
const CANARY = 'canary'
const USER = `${CANARY}-user`
let database: TestDatabase
let receiver: Receiver
let server: ServerProcess
let token: string

// The limits are for a machine that is busy with much else.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

beforeAll(async () => {
  database = await testDatabase()
  receiver = await openReceiver()
  server = await startServer(ROOT, '/nonexistent', {
    DATABASE_URL: database.url,
    BETTER_AUTH_SECRET: SECRET,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '100',
    // Spans of an export that takes longer would be lost.
    OTEL_EXPORTER_OTLP_TIMEOUT: '120000',
    OTEL_BSP_EXPORT_TIMEOUT: '120000',
  })
  token = await new SignJWT({ sub: USER })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(SECRET))
})
afterAll(async () => {
  await server.stop()
  await receiver.close()
  await database.close()
})

interface Sent {
  readonly traceId: string
  readonly parentId: string
  readonly status: number | undefined
}

interface Options {
  readonly method?: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

/** Sends a request within a trace of its own, on a connection of its own. */
function send(path: string, { method = 'GET', body, headers }: Options = {}): Promise<Sent> {
  const [traceId, parentId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')]
  const content = body === undefined ? {} : { 'content-type': 'application/json' }
  const traced = { traceparent: `00-${traceId}-${parentId}-01`, authorization: `Bearer ${token}`, connection: 'close' }
  return new Promise((resolve, reject) => {
    const options = { agent: false, method, headers: { ...traced, ...content, ...headers } }
    const sent = httpRequest(`${server.url}${path}`, options, (response) => {
      response.resume().on('end', () => resolve({ traceId, parentId, status: response.statusCode }))
    })
    sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** The spans of a request, once that of the request itself has come. */
async function spansOf({ traceId, parentId }: Sent): Promise<ReceivedSpan[]> {
  const ofTrace = () => receiver.spans().filter((span) => span.traceId === traceId)
  await expect.poll(() => ofTrace().some((span) => span.parentSpanId === parentId), { timeout: 60_000 }).toBe(true)
  return ofTrace()
}

const attributesOf = ({ attributes }: ReceivedSpan) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]))

test('a request is traced from HTTP through its procedure to its statement', async () => {
  const sent = await send(`/api/${USER}/tasks`, { method: 'POST', body: { title: CANARY } })
  expect(sent.status).toBe(201)
  const spans = await spansOf(sent)
  const [http, operation, statement] = [2, 1, 3].map((kind) => spans.find((span) => span.kind === kind))
  expect([http?.name, operation?.name, statement?.name]).toEqual([
    'POST /api/:user_id/tasks',
    'task.create',
    'task_insert',
  ])
  expect(http?.parentSpanId).toBe(sent.parentId)
  expect(operation?.parentSpanId).toBe(http?.spanId)
  expect(statement?.parentSpanId).toBe(operation?.spanId)
  expect(http && attributesOf(http)).toEqual({
    'http.request.method': 'POST',
    'http.route': '/api/:user_id/tasks',
    'http.response.status_code': 201,
  })
})

test.each([
  ['a pipelined read', '/tasks/1', 'task.get'],
  ['a search', '/tasks?search=milk', 'task.list'],
  ['a whole list', '/tasks', 'task.list'],
  ['a statement through Prisma', '/conversations', 'conversation.list'],
])('%s is a span below its procedure', async (_, path, name) => {
  const spans = await spansOf(await send(`/api/${USER}${path}`))
  const operation = spans.find((span) => span.name === name)
  expect(operation).toBeDefined()
  expect(spans.filter(({ kind, parentSpanId }) => kind === 3 && parentSpanId === operation?.spanId)).not.toEqual([])
})

test('the statements of a transaction are spans below its procedure', async () => {
  const operations = [{ do: 'create', title: CANARY }]
  const sent = await send(`/api/${USER}/batch`, { method: 'POST', body: { operations, atomic: true } })
  expect(sent.status).toBe(200)
  const spans = await spansOf(sent)
  const operation = spans.find(({ name }) => name === 'task.batch')
  expect(spans.filter(({ parentSpanId }) => parentSpanId === operation?.spanId)).not.toEqual([])
})

test('a procedure of tRPC names its route, and an error its code', async () => {
  const spans = await spansOf(await send('/trpc/task.get?input=%7B%22task_id%22:2000000000%7D'))
  const http = spans.find(({ kind }) => kind === 2)
  expect(http?.name).toBe('GET /trpc/task.get')
  expect(http && attributesOf(http)).toMatchObject({ 'http.response.status_code': 404, 'error.type': 'task_not_found' })
})

test('nothing that a caller sends is in a span', async () => {
  const headers = {
    tracestate: `vendor=${CANARY}`,
    baggage: `user=${CANARY}`,
    'user-agent': CANARY,
    'x-request-id': CANARY,
    'idempotency-key': CANARY,
    'x-forwarded-for': '203.0.113.77',
  }
  const requests: [string, Options?][] = [
    [`/api/${USER}/tasks?search=${CANARY}`, { headers }],
    [`/api/${USER}/tasks?status=${CANARY}`],
    [`/api/${CANARY}/tasks/${CANARY}`],
    [`/${CANARY}/${CANARY}?${CANARY}=${CANARY}`],
    [`/trpc/${CANARY}.${CANARY}?input=${CANARY}`],
    [`/trpc/task.get,${CANARY}?batch=1&input=${CANARY}`],
    [`/feeds/${CANARY}.ics`],
    ['/mcp', { method: 'POST', headers, body: { jsonrpc: '2.0', id: CANARY, method: CANARY } }],
    [`/api/${USER}/tasks`, { headers: { authorization: `Bearer ${CANARY}` } }],
    [`/api/${USER}/tasks`, { method: 'POST', headers, body: { title: CANARY, [CANARY]: CANARY } }],
    [`/api/${USER}/chat`, { method: 'POST', body: { message: `add a task to buy ${CANARY}` } }],
    ['/api/auth/sign-in/email', { method: 'POST', body: { email: `${CANARY}@example.com`, password: CANARY } }],
    [`/api/auth/${CANARY}?token=${CANARY}`],
  ]
  const sent = await Promise.all(requests.map(([path, options]) => send(path, options)))
  for (const one of sent) await spansOf(one)
  const received = receiver.bodies.map(({ text }) => text).join('\n')
  expect(received).toContain('task.create')
  for (const secret of [CANARY, '203.0.113.77', '127.0.0.1', token, 'SELECT', 'INSERT']) {
    expect(received).not.toContain(secret)
  }
})
