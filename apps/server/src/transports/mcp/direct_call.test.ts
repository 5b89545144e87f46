import { isDeepStrictEqual } from 'node:util'
import { appRouter, operations, tools } from '@taskwire/api'
import { signedToken, testServices, type TestServices } from '@taskwire/api/testing'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sendError } from '../../http/error_response.ts'
import { readJsonBodies } from '../../http/json_body.ts'
import { directCall } from './direct_call.ts'
import { mcpAnswers } from './answers.ts'
import { mcpRoutes } from './routes.ts'
import { mcpServerFactory } from './server.ts'

// Requests are sent to the same routes with and without direct calls, which must not be seen in any answer.

const all = tools(operations(appRouter))
const env = { BETTER_AUTH_URL: 'http://127.0.0.1:8000', AUTH_ISSUER: undefined, CORS_ORIGINS: [] }

let fixture: TestServices
let direct: FastifyInstance
let bySdk: FastifyInstance
let authorization: string
let recognized = 0
beforeAll(async () => {
  fixture = await testServices()
  direct = await server({ direct: all })
  direct.addHook('preHandler', async (request) => {
    if (directCall(request, all) !== undefined) recognized++
  })
  bySdk = await server({})
  authorization = `Bearer ${await signedToken({ sub: 'ann' })}`
  for (const title of ['Buy milk', 'Ünï "quoted" \\ 😀\u2028']) await fixture.caller('ann').task.create({ title })
})
afterAll(async () => {
  await Promise.all([direct.close(), bySdk.close()])
  await fixture.close()
})

async function server(more: { direct?: typeof all }): Promise<FastifyInstance> {
  const app = Fastify({ logger: false })
  readJsonBodies(app)
  app.setErrorHandler((error, _request, reply) => sendError(reply, error))
  await app.register(
    mcpRoutes({
      answers: () => mcpAnswers({ services: fixture.services, server: mcpServerFactory(all), ...more }),
      env,
    }),
  )
  return app
}

type Fields = Readonly<Record<string, unknown>>
interface Sent {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Fields
}
type Variation = (request: Sent) => Sent

const capabilities = 'io.modelcontextprotocol/clientCapabilities'
const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  [capabilities]: {},
}
const { [capabilities]: _none, ...withoutCapabilities } = envelope

function legacy(method: string, params?: Fields): Sent {
  const headers = { 'mcp-protocol-version': '2025-06-18', 'content-type': 'application/json' }
  return { headers, body: { jsonrpc: '2.0', id: 1, method, ...(params === undefined ? {} : { params }) } }
}

function modern(method: string, params: Fields = {}): Sent {
  const { headers, body } = legacy(method, { ...params, _meta: envelope })
  const name: Record<string, string> = typeof params['name'] === 'string' ? { 'mcp-name': params['name'] } : {}
  return { headers: { ...headers, 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...name }, body }
}

const call = (name: string, args: Fields) => ({ name, arguments: args })
const calls = [
  call('list_tasks', {}),
  call('list_tasks', { details: true, limit: 1 }),
  call('get_task', { task_id: '1', history: true }),
  call('get_task', { task_id: 99_999 }),
  call('add_task', { title: 'Once', tags: ['a'], idempotency_key: 'once' }),
  call('quick_add', { text: 'Call Ann tomorrow 5pm #work', dry_run: true }),
  call('complete_task', { task_id: 99_999, if_version: [1, 2] }),
  call('delete_task', { task_id: 99_999 }),
  call('change_tasks', { task_ids: [99_998, 99_999], do: 'delete' }),
  call('reopen_task', { task_id: 99_999 }),
]
const bases = [
  legacy('tools/list'),
  modern('tools/list'),
  ...calls.flatMap((params) => [legacy('tools/call', params), modern('tools/call', params)]),
]

const headers =
  (more: Record<string, string>): Variation =>
  ({ headers: were, body }) => ({ headers: { ...were, ...more }, body })
const without =
  (name: string): Variation =>
  ({ headers: were, body }) => {
    return { headers: Object.fromEntries(Object.entries(were).filter(([each]) => each !== name)), body }
  }
const fields =
  (more: Fields): Variation =>
  ({ headers: same, body }) => ({ headers: same, body: { ...body, ...more } })
const params =
  (more: Fields): Variation =>
  ({ headers: same, body }) => ({ headers: same, body: { ...body, params: { ...Object(body['params']), ...more } } })
const meta =
  (more: Fields): Variation =>
  (request) => {
    const { _meta } = Object(request.body['params'])
    return params({ _meta: { ..._meta, ...more } })(request)
  }

const variations: Variation[] = [
  ...['2024-10-07', '2025-03-26', '2025-11-25', '2026-07-28', '2027-01-01', 'new', ''].map((version) =>
    headers({ 'mcp-protocol-version': version }),
  ),
  ...['*/*', 'application/json', 'text/event-stream', 'application/json;q=1, text/event-stream', 'a/*', ''].map(
    (accept) => headers({ accept }),
  ),
  ...['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/x+json', 'text/plain'].map((type) =>
    headers({ 'content-type': type }),
  ),
  ...['mcp-protocol-version', 'mcp-method', 'mcp-name', 'content-type'].map(without),
  headers({ 'mcp-method': 'tools/call' }),
  headers({ 'mcp-method': 'ping' }),
  headers({ 'mcp-name': 'list_tasks' }),
  headers({ 'mcp-name': 'nothing' }),
  headers({ 'mcp-session-id': 'of before' }),
  headers({ authorization: 'Bearer wrong' }),
  headers({ origin: 'https://elsewhere.test' }),
  ...[0, -1, 1.5, 2 ** 53, 'x', '', 'é"😀', '\ud800', null, true, [], undefined].map((id) => fields({ id })),
  ...['1.0', 2, undefined].map((jsonrpc) => fields({ jsonrpc })),
  ...['tools/list', 'tools/call', 'ping', 'TOOLS/LIST', 7, undefined].map((method) => fields({ method })),
  ...[null, [], {}, 'x', undefined].map((each) => fields({ params: each })),
  ...['extra', '__proto__', 'result', 'error'].map((name) => fields({ [name]: {} })),
  ...['extra', '__proto__', 'cursor', 'task', 'inputResponses', 'requestState'].map((name) => params({ [name]: {} })),
  params({ requestState: 'x' }),
  ...['delete_all', '', 'constructor', 7, null, undefined].map((name) => params({ name })),
  ...[null, [], 'x', 7, undefined].map((each) => params({ arguments: each })),
  ...['extra', '__proto__', 'constructor', 'toString', 'user_id'].map((name) => params({ arguments: { [name]: {} } })),
  ...['somebody-else', 'ann'].map((user_id) => params({ arguments: { user_id } })),
  ...[null, [], {}, 'x', withoutCapabilities, undefined].map((_meta) => params({ _meta })),
  ...[1, 1.5, 'x', null, {}].map((progressToken) => meta({ progressToken })),
  ...[7, { taskId: 'x' }].map((task) => meta({ 'io.modelcontextprotocol/related-task': task })),
  ...['debug', 'loud'].map((level) => meta({ 'io.modelcontextprotocol/logLevel': level })),
  ...['2025-06-18', '2027-01-01', 7].map((version) => meta({ 'io.modelcontextprotocol/protocolVersion': version })),
  ...[{ name: 'x' }, { name: 'x', version: '1', extra: 1 }, null].map((info) =>
    meta({ 'io.modelcontextprotocol/clientInfo': info }),
  ),
  ...[{ elicitation: {} }, { elicitation: 7 }, { sampling: {}, roots: { listChanged: true } }, { x: 1 }, null].map(
    (each) => meta({ [capabilities]: each }),
  ),
  meta({ 'example.com/call': 'x', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }),
  meta({ ['__proto__']: {} }),
]

const PAIRS = 1

/** Numbers that look random and are the same in every run. */
function* scattered(): Generator<number> {
  for (let state = 1; ; state = (state * 48_271) % 2_147_483_647) yield state
}

/** Every request of the table as it is, with each variation, and with pairs of them. */
function* requests(): Generator<Sent> {
  yield* bases
  const random = scattered()
  const pick = <T>(from: readonly T[]): T[] => from.slice((random.next().value ?? 0) % from.length).slice(0, 1)
  for (const variation of variations) {
    for (const base of bases.slice(0, 4)) yield variation(base)
    for (let pair = 0; pair < PAIRS; pair++) {
      for (const base of pick(bases)) for (const other of pick(variations)) yield variation(other(base))
    }
  }
}

async function answer(app: FastifyInstance, { headers: some, body }: Sent) {
  const accept = 'application/json, text/event-stream'
  const response = await app.inject({
    method: 'POST',
    url: '/mcp',
    headers: { authorization, accept, ...some },
    payload: JSON.stringify(body),
  })
  // How the body is framed is HTTP's.
  const { date: _date, 'content-length': _length, 'transfer-encoding': _encoding, ...rest } = response.headers
  return { status: response.statusCode, headers: rest, body: response.body }
}

test('a call without a server of the SDK has its answer: status, headers and bytes', async () => {
  let sent = 0
  const different: object[] = []
  for (const request of requests()) {
    const [ours, theirs] = [await answer(direct, request), await answer(bySdk, request)]
    if (!isDeepStrictEqual(ours, theirs)) different.push({ request, ours, theirs })
    sent++
  }
  expect(different).toEqual([])
  expect(sent).toBeGreaterThan(400)
  // Otherwise nothing was compared.
  expect(recognized).toBeGreaterThan(100)
  expect(sent - recognized).toBeGreaterThan(100)
})

test('the usual requests of each era need no server of the SDK', () => {
  for (const { headers: some, body } of bases) expect(directCall({ headers: some, body }, all)).toBeDefined()
})

test('what may ask the person first is left to the SDK', () => {
  const ask = meta({ [capabilities]: { elicitation: {} } })
  const recognizes = ({ headers: some, body }: Sent) => directCall({ headers: some, body }, all) !== undefined
  expect(recognizes(ask(modern('tools/call', call('list_tasks', {}))))).toBe(true)
  expect(recognizes(ask(modern('tools/call', call('change_tasks', { task_ids: [1, 2], do: 'delete' }))))).toBe(false)
})
