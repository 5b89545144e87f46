import { appRouter, operations, type AppRouter } from '@taskwire/api'
import { newUser, signedToken } from '@taskwire/api/testing'
import { createTRPCClient, httpBatchLink, httpLink, TRPCClientError } from '@trpc/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tasksOf, testServer, type TestServer } from '../../../testing/server.ts'

let server: TestServer
let url: string
beforeAll(async () => {
  server = await testServer()
  url = await server.listen()
})
afterAll(() => server.close())

async function clientOf(user: string, link: typeof httpLink | typeof httpBatchLink = httpBatchLink) {
  const authorization = `Bearer ${await signedToken({ sub: user })}`
  return createTRPCClient<AppRouter>({ links: [link({ url: `${url}/trpc`, headers: { authorization } })] })
}

async function errorOf(call: Promise<unknown>): Promise<TRPCClientError<AppRouter>> {
  const error: unknown = await call.then(
    () => 'no error',
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof TRPCClientError)) throw new Error(`expected an error of tRPC, got ${String(error)}`)
  return error
}

test.each(['task.list', 'task.create', 'task.update,task.get', 'no.such'])(
  'HEAD of %s is answered, not a failure',
  async (path) => {
    const { status, text } = await server.as('alice')('HEAD', `/trpc/${path}`)
    expect([200, 204]).toContain(status)
    expect(text).toBe('')
  },
)

describe.each([
  ['one call a request', httpLink],
  ['batches', httpBatchLink],
])('the tRPC client, %s', (_, link) => {
  test('creates, reads, changes and deletes a task', async () => {
    const user = newUser()
    const { task, change, viewer } = await clientOf(user, link)
    expect(await viewer.get.query({})).toEqual({ id: user, email: null, name: null })
    const created = await task.create.mutate({ title: ' one ', idempotency_key: 'k' })
    expect(created).toMatchObject({ title: 'one', version: 1 })
    expect(await task.create.mutate({ title: ' one ', idempotency_key: 'k' })).toEqual(created)
    const task_id = created.id
    expect(await task.update.mutate({ task_id, description: 'd', if_version: 1 })).toMatchObject({ version: 2 })
    expect(await task.toggle.mutate({ task_id })).toMatchObject({ completed: true, version: 3 })
    expect(await task.complete.mutate({ task_id })).toMatchObject({ completed: true, version: 4 })
    expect(await task.reopen.mutate({ task_id })).toMatchObject({ completed: false, version: 5 })
    const { items, next_cursor } = await task.list.query({ limit: 1, status: 'pending' })
    expect({ items, next_cursor }).toMatchObject({ items: [{ id: task_id }], next_cursor: null })
    const deleted = await task.delete.mutate({ task_id })
    expect(deleted).toMatchObject({ id: task_id, title: 'one', version: 5 })
    expect(await change.undo.mutate({ seq: 6 })).toMatchObject({ seq: 7, kind: 'restored' })
    expect((await change.list.query({ since: 5 })).changes.map(({ via }) => via)).toEqual(['trpc', 'trpc'])
    expect(await task.get.query({ task_id })).toMatchObject({ version: 7 })
  })

  test('gets errors with the documented code, status and reason', async () => {
    const user = newUser()
    const { task } = await clientOf(user, link)
    const { id: task_id } = await task.create.mutate({ title: 'one' })
    const cases = [
      [() => task.get.query({ task_id: 2_000_000_000 }), 'NOT_FOUND', 404, 'task_not_found'],
      [() => task.create.mutate({ title: '' }), 'BAD_REQUEST', 400, 'validation_failed'],
      [() => task.update.mutate({ task_id, if_version: 9 }), 'PRECONDITION_FAILED', 412, 'version_mismatch'],
    ] as const
    for (const [call, code, httpStatus, reason] of cases) {
      const { data, message } = await errorOf(call())
      expect(data).toMatchObject({ code, httpStatus, reason, request_id: expect.any(String) })
      expect(data).not.toHaveProperty('stack')
      expect(message).not.toBe('')
    }
    const { data } = await errorOf(task.create.mutate({ title: '' }))
    expect(data).toMatchObject({ fields: [{ loc: ['title'] }] })
    const stale = await errorOf(task.update.mutate({ task_id, if_version: 9 }))
    expect(stale.data).toMatchObject({ current: { id: task_id, version: 1 } })
  })
})

test('a failed call does not affect the others of its batch', async () => {
  const { task } = await clientOf(newUser())
  const [good, bad] = await Promise.allSettled([
    task.create.mutate({ title: 'good' }),
    task.create.mutate({ title: '' }),
  ])
  expect(good).toMatchObject({ status: 'fulfilled', value: { title: 'good' } })
  expect(bad).toMatchObject({ status: 'rejected', reason: { data: { reason: 'validation_failed' } } })
})

test('a subscription yields changes with their seq and resumes after the last event', async () => {
  const user = newUser()
  const send = server.as(user)
  for (const title of ['one', 'two', 'three']) await send('POST', '/trpc/task.create', { body: { title } })
  const authorization = `Bearer ${await signedToken({ sub: user })}`
  for (const [query, headers, first] of [
    ['?input={"since":1}', {}, '2'],
    ['?input={"since":1}', { 'last-event-id': '2' }, '3'],
    ['?input={"since":1}&lastEventId=2', {}, '3'],
  ] as const) {
    const left = new AbortController()
    const response = await fetch(`${url}/trpc/change.subscribe${query}`, {
      headers: { authorization, ...headers },
      signal: left.signal,
    })
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    let text = ''
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk
      if (/^id: 3\n/m.test(text)) break
    }
    left.abort()
    expect(/^id: (\d+)$/m.exec(text)?.[1]).toBe(first)
  }
})

describe('handwritten requests', () => {
  const json = { 'content-type': 'application/json' }

  test('a call without input counts as one with an empty input', async () => {
    const send = server.as(newUser())
    expect(await send('GET', '/trpc/task.list')).toMatchObject({
      status: 200,
      json: { result: { data: { items: [] } } },
    })
    expect(await send('GET', '/trpc/viewer.get')).toMatchObject({ status: 200 })
    expect(await send('POST', '/trpc/task.create')).toMatchObject({
      status: 400,
      json: { error: { data: { reason: 'validation_failed', fields: [{ loc: ['title'] }] } } },
    })
  })

  test('a batch has at most ten calls', async () => {
    const send = server.as(newUser())
    const batch = (count: number) =>
      `/trpc/${Array.from({ length: count }, () => 'task.list').join(',')}?batch=1&input={}`
    expect(await send('GET', batch(10))).toMatchObject({ status: 200 })
    const refused = await send('GET', batch(11))
    expect(refused).toMatchObject({
      status: 400,
      json: { error: { data: { code: 'BAD_REQUEST', reason: 'validation_failed', request_id: expect.any(String) } } },
    })
    expect(refused.text).toContain('At most 10 calls')
    expect(await send('GET', batch(400))).toMatchObject({ status: 400 })
  })

  test.each([
    ['POST', '/trpc/task.create', { headers: json, body: '{bad' }, 400, 'PARSE_ERROR', 'malformed_json'],
    ['GET', '/trpc/task.list?input={bad', {}, 400, 'PARSE_ERROR', 'malformed_json'],
    [
      'POST',
      '/trpc/task.create',
      { headers: { 'content-type': 'text/xml' }, body: '<a/>' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      'unsupported_media_type',
    ],
    [
      'POST',
      '/trpc/task.create',
      { headers: json, body: `"${'x'.repeat(300_000)}"` },
      413,
      'PAYLOAD_TOO_LARGE',
      'payload_too_large',
    ],
    ['POST', '/trpc/task.create', { headers: json, body: '{"title":"x"}' }, 401, 'UNAUTHORIZED', 'not_authenticated'],
    ['GET', '/trpc/nothing.here', {}, 404, 'NOT_FOUND', 'not_found'],
    ['GET', '/trpc/__proto__', {}, 404, 'NOT_FOUND', 'not_found'],
    ['GET', '/trpc/task.create', {}, 405, 'METHOD_NOT_SUPPORTED', 'method_not_allowed'],
  ] as const)(
    '%s %s %j is refused in shape, before the token is looked at',
    async (method, path, sent, status, code, reason) => {
      const response = await server.send(method, path, sent)
      expect(response.status).toBe(status)
      expect(response.json).toMatchObject({
        error: {
          message: expect.any(String),
          code: expect.any(Number),
          data: { code, httpStatus: status, reason, request_id: response.headers['x-request-id'] },
        },
      })
      expect(response.text).not.toMatch(/stack|node_modules|\.ts:/)
      expect(response.headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined)
    },
  )

  test('unknown fields are rejected even if REST ignores them', async () => {
    const lenient = await testServer({ UNKNOWN_FIELDS: 'ignore' })
    const response = await lenient.as('alice')('POST', '/trpc/task.create', { body: { title: 'x', more: 1 } })
    expect(response).toMatchObject({
      json: { error: { data: { fields: [{ type: 'unknown_field', loc: ['more'] }] } } },
    })
    await lenient.close()
  })

  test('plain calls stay strict about types although REST converts text', async () => {
    const send = server.as('alice')
    await send('GET', `${tasksOf('alice')}?completed=true&limit=5`)
    for (const input of [{ completed: 'true' }, { limit: '5' }]) {
      const response = await send('GET', `/trpc/task.list?input=${encodeURIComponent(JSON.stringify(input))}`)
      expect(response).toMatchObject({ status: 400 })
    }
  })

  test.each(operations(appRouter).map(({ name, type }) => [name, type] as const))(
    '%s requires a token',
    async (name, type) => {
      const response = await server.send(type === 'mutation' ? 'POST' : 'GET', `/trpc/${name}`)
      // A stream has started before it can report the error.
      expect(response.status).toBe(type === 'subscription' ? 200 : 401)
      expect(response.text).toContain('"reason":"not_authenticated"')
    },
  )
})
