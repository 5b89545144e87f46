import { appRouter, operations, publicError, type Operation, type Task } from '@taskwire/api'
import { newUser, signedToken, testServices, type TestServices } from '@taskwire/api/testing'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { buildApp, type App } from '../../http/app.ts'
import { envFrom } from '../../config/env.ts'

let fixture: TestServices
let app: App
beforeAll(async () => {
  fixture = await testServices()
  app = await buildApp({ services: fixture.services, env: envFrom({}), log: pino({ level: 'silent' }) })
})
afterAll(async () => {
  await app.close()
  await fixture.close()
})

type Args = Readonly<Record<string, unknown>>
/** Calls an operation as a user; resolves to `ok` or the code of the error. */
type Transport = (operation: Operation, user: string, args: Args) => Promise<string>

const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'parity', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

const throughMcp: Transport = async ({ tool }, user, args) => {
  const name = tool?.name ?? ''
  const response = await app.inject({
    method: 'POST',
    url: '/mcp',
    headers: {
      authorization: `Bearer ${await signedToken({ sub: user })}`,
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': name,
    },
    payload: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args, _meta: envelope } },
  })
  const { isError, structuredContent } = response.json().result
  return isError === true ? structuredContent.code : 'ok'
}

/** The input that a tool's arguments stand for; none where they stand for none. */
function inputOf({ tool }: Operation, args: Args): Args {
  try {
    return tool?.toInput?.(args) ?? args
  } catch {
    return {}
  }
}

/** Calls the operation's REST route, or the procedure itself if it has none. */
const throughRest: Transport = async (operation, user, given) => {
  const args = inputOf(operation, given)
  const token = await signedToken({ sub: user })
  const { rest } = operation
  const { user_id = user, if_version, idempotency_key, ...input } = args
  if (rest === undefined) {
    const ctx = {
      services: fixture.services,
      via: 'trpc',
      request_id: 'parity',
      token,
      acting_for: String(user_id),
    } as const
    const asked = {
      ...input,
      ...(if_version === undefined ? {} : { if_version }),
      ...(idempotency_key === undefined ? {} : { idempotency_key }),
    }
    return operation.run(ctx, asked).then(
      () => 'ok',
      (error: unknown) => publicError(error).reason,
    )
  }
  const [method = 'GET'] = rest.methods
  const inPath = new Set<string>()
  const path = rest.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    inPath.add(name)
    return encodeURIComponent(String(name === 'user_id' ? user_id : input[name]))
  })
  const others = Object.entries(input).filter(([name]) => !inPath.has(name))
  const query = method === 'GET' ? Object.fromEntries(others.map(([name, value]) => [name, String(value)])) : undefined
  const response = await app.inject({
    method,
    url: path,
    headers: {
      authorization: `Bearer ${token}`,
      ...(if_version === undefined
        ? {}
        : {
            'if-match': [if_version]
              .flat()
              .map((version) => `"${JSON.stringify(version)}"`)
              .join(', '),
          }),
      ...(idempotency_key === undefined ? {} : { 'idempotency-key': z.string().parse(idempotency_key) }),
    },
    ...(query === undefined ? {} : { query }),
    ...(method === 'POST' || method === 'PUT' ? { payload: Object.fromEntries(others) } : {}),
  })
  return response.statusCode < 300 ? 'ok' : response.json().code
}

interface Before {
  readonly user: string
  /** `Buy milk`, at version 2. */
  readonly task: number
  readonly done: number
  readonly deleted: number
  /** A task of another user. */
  readonly foreign: number
}

async function before(): Promise<Before> {
  const user = newUser()
  const mine = fixture.caller(user).task
  const task = await mine.create({ title: 'Milk' })
  await mine.update({ task_id: task.id, title: 'Buy milk' })
  const done = await mine.create({ title: 'Done', completed: true })
  const deleted = await mine.create({ title: 'Gone' })
  await mine.delete({ task_id: deleted.id })
  const foreign = await fixture.caller(newUser()).task.create({ title: 'Foreign' })
  return { user, task: task.id, done: done.id, deleted: deleted.id, foreign: foreign.id }
}

/** A task without the fields that differ between equal users: ids and times. */
function shown({ title, description, completed, version }: Task) {
  return { title, description, completed, version }
}

/** Everything that a user's calls could have changed, without the transport. */
async function after(user: string): Promise<unknown> {
  const caller = fixture.caller(user)
  const { items } = await caller.task.list({})
  const trash = await caller.task.list({ status: 'deleted' })
  const { changes } = await caller.change.list({ since: 0 })
  return {
    items: items.map(shown),
    trash: trash.items.map(shown),
    changes: changes.map(({ seq, kind, undoes }) => ({ seq, kind, undoes })),
  }
}

/** The consecutive calls for a user prepared by `before`. */
type Case = (was: Before) => readonly Args[]

const onTask = (more: Args = {}): Case[] => [
  ({ task }) => [{ task_id: task, ...more }],
  ({ done }) => [{ task_id: done, ...more }],
  ({ deleted }) => [{ task_id: deleted, ...more }],
  ({ foreign }) => [{ task_id: foreign, ...more }],
  () => [{ task_id: 2_000_000_000, ...more }],
  () => [{ task_id: 3_000_000_000, ...more }],
  () => [{ task_id: 0, ...more }],
  () => [{ task_id: -1, ...more }],
  () => [{ task_id: 1.5, ...more }],
  () => [{ task_id: 'one', ...more }],
  ({ task }) => [{ task_id: task, if_version: 2, ...more }],
  ({ task }) => [{ task_id: task, if_version: 1, ...more }],
  ({ task }) => [{ task_id: task, if_version: [1, 2], ...more }],
  ({ task }) => [
    { task_id: task, idempotency_key: 'k', ...more },
    { task_id: task, idempotency_key: 'k', ...more },
  ],
  ({ task, done }) => [
    { task_id: task, idempotency_key: 'k', ...more },
    { task_id: done, idempotency_key: 'k', ...more },
  ],
  ({ task }) => [{ task_id: task, idempotency_key: 'not visible\n', ...more }],
  ({ task }) => [{ task_id: task, user_id: 'somebody-else', ...more }],
]

const cases: Record<string, Case[]> = {
  list_tasks: [
    {},
    { status: 'all' },
    { status: 'pending' },
    { status: 'completed' },
    { status: 'nonsense' },
    { search: 'milk' },
    { due: 'overdue' },
    { due: 'soon' },
    { tags: ['home', 'work'] },
    { tags: 'home,work' },
    { tags: ['#home'] },
    { priority: ['high', 'none'] },
    { priority: 'urgent' },
    { sort: 'due_date' },
    { sort: 'id' },
    { limit: 1 },
    { limit: 0 },
    { limit: 201 },
    { cursor: 'made-up' },
    { user_id: 'somebody-else' },
  ].map((args) => () => [args]),
  add_task: [
    ...[
      { title: 'x' },
      { title: ' x ', description: 'y' },
      { title: 'x', description: null },
      { title: '' },
      { title: ' ' },
      { title: null },
      { title: 7 },
      {},
      { title: '😀'.repeat(200) },
      { title: 'x'.repeat(201) },
      { title: 'x', description: 'y'.repeat(1001) },
      { title: 'a\0b' },
      { title: 'a\ud800b' },
      { title: 'x', titel: 'y' },
      { title: 'x', if_versions: 1 },
      { title: 'x', user_id: 'somebody-else' },
    ].map((args): Case => () => [args]),
    () => [
      { title: 'x', idempotency_key: 'k' },
      { title: 'x', idempotency_key: 'k' },
      { title: 'y', idempotency_key: 'k' },
    ],
  ],
  change_tasks: [
    ({ task, done }) => [{ task_ids: [task, done, task], do: 'complete' }],
    ({ task }) => [{ task_ids: [task], do: 'update', set: { priority: 'high', add_tags: ['x'] } }],
    ({ task }) => [{ task_ids: [task], do: 'update' }],
    ({ task }) => [{ task_ids: [task], do: 'delete', set: { priority: 'high' } }],
    ({ task, foreign }) => [{ task_ids: [task, foreign], do: 'delete' }],
    ({ task }) => [{ task_ids: [task], do: 'explode' }],
    () => [{ task_ids: [], do: 'delete' }],
  ],
  get_task: [
    ({ task }) => [{ task_id: task }],
    ({ task }) => [{ task_id: task, history: true }],
    ({ deleted }) => [{ task_id: deleted }],
    ({ foreign }) => [{ task_id: foreign, history: true }],
    ...[0, 1.5, 'one', 3_000_000_000].map((task_id): Case => () => [{ task_id }]),
    ({ task }) => [{ task_id: task, user_id: 'somebody-else' }],
  ],
  quick_add: [
    ...[
      { text: 'Call Ann tomorrow 5pm #work !1' },
      { text: 'x', dry_run: true },
      { text: '#work' },
      { text: '#work', dry_run: true },
      { text: '' },
      { text: 'x'.repeat(501) },
      { text: 'a\0b' },
      { text: 7 },
      {},
      { text: 'x', titel: 'y' },
      { text: 'x', dry_run: 'yes' },
      { text: 'x', user_id: 'somebody-else' },
    ].map((args): Case => () => [args]),
    () => [
      { text: 'x tomorrow', idempotency_key: 'k' },
      { text: 'x tomorrow', idempotency_key: 'k' },
      { text: 'x today', idempotency_key: 'k' },
    ],
  ],
  update_task: [
    ...onTask({ title: 'Buy bread' }),
    ...onTask().slice(0, 3),
    ...[{ title: '' }, { title: null }, { description: null }, { description: 'x'.repeat(1001) }, { done: true }].map(
      (args): Case =>
        ({ task }) => [{ task_id: task, ...args }],
    ),
  ],
  complete_task: onTask(),
  reopen_task: onTask(),
  delete_task: onTask(),
  undo: [
    ...[1, 2, 3, 4, 5, 99, 0, -1, 1.5, 'one', 3_000_000_000].map((seq): Case => () => [{ seq }]),
    () => [{ seq: 2 }, { seq: 2 }],
    () => [{ seq: 2 }, { seq: 6 }],
    () => [{ seq: 2, if_version: 2 }],
    () => [{ seq: 2, if_version: 1 }],
    () => [
      { seq: 2, idempotency_key: 'k' },
      { seq: 2, idempotency_key: 'k' },
    ],
    () => [{ seq: 2, user_id: 'somebody-else' }],
  ],
}

/** What the tools answered in the cases that have run. */
const codesOverMcp = new Map<Case, readonly string[]>()

async function run(operation: Operation, row: Case, transport = throughMcp) {
  const was = await before()
  const codes: string[] = []
  for (const args of row(was)) codes.push(await transport(operation, was.user, args))
  return { user: was.user, codes }
}

describe.each(operations(appRouter).filter(({ tool }) => tool !== undefined))('$tool.name', (operation) => {
  const rows = (cases[operation.tool?.name ?? ''] ?? []).map((row, index) => ({ row, index }))

  test('has cases in this table', () => {
    expect(rows.length).toBeGreaterThan(0)
  })

  test.each(rows)('has the outcome and the code of its REST route: case $index', async ({ row }) => {
    const outcomes = await Promise.all(
      [throughMcp, throughRest].map(async (transport) => {
        const { user, codes } = await run(operation, row, transport)
        return { codes, after: await after(user) }
      }),
    )
    codesOverMcp.set(row, outcomes[0]?.codes ?? [])
    expect(outcomes[0]).toEqual(outcomes[1])
  })
})

test('the cases cover success and each kind of error', async () => {
  const seen = new Set<string>()
  for (const operation of operations(appRouter)) {
    for (const row of cases[operation.tool?.name ?? ''] ?? []) {
      for (const code of codesOverMcp.get(row) ?? (await run(operation, row)).codes) seen.add(code)
    }
  }
  expect([...seen].toSorted()).toEqual([
    'change_not_found',
    'idempotency_key_reused',
    'ok',
    'task_not_found',
    'undo_conflict',
    'user_mismatch',
    'validation_failed',
    'version_mismatch',
  ])
})

test('GET and DELETE, which only sessions need, are 405', async () => {
  for (const method of ['GET', 'DELETE'] as const) {
    const response = await app.inject({ method, url: '/mcp' })
    expect(response.statusCode).toBe(405)
    expect(response.headers['allow']).toContain('POST')
    expect(response.json()).toMatchObject({ detail: 'Method Not Allowed', code: 'method_not_allowed' })
  }
})
