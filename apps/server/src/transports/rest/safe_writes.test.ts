import { newUser } from '@taskwire/api/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tasksOf, testServer, type Send, type TestServer } from '../../../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

/** A user whose one task has version 3. */
async function owner(): Promise<{ user: string; send: Send; id: number }> {
  const user = newUser()
  const send = server.as(user)
  const { json } = await send('POST', tasksOf(user), { body: { title: 'one' } })
  for (const title of ['two', 'three']) await send('PUT', tasksOf(user, json.id), { body: { title } })
  return { user, send, id: json.id }
}

const writes = [
  ['PUT', '', { title: 'x' }, 200],
  ['PATCH', '', { title: 'x' }, 200],
  ['PATCH', '/complete', undefined, 200],
  ['DELETE', '', undefined, 204],
] as const

describe('preconditions', () => {
  test('every response with one task has its version as the ETag', async () => {
    const { user, send, id } = await owner()
    expect((await send('GET', tasksOf(user, id))).headers['etag']).toBe('"3"')
    expect((await send('PATCH', tasksOf(user, id), { body: {} })).headers['etag']).toBe('"4"')
    expect((await send('PATCH', tasksOf(user, id, '/complete'))).headers['etag']).toBe('"5"')
    expect((await send('POST', tasksOf(user), { body: { title: 'x' } })).headers['etag']).toBe('"1"')
    expect((await send('GET', tasksOf(user))).headers['etag']).toBeUndefined()
  })

  for (const [method, rest, body, status] of writes) {
    test.each(['"3"', 'W/"3"', '*', ' "3" ', '"7", "3"', 'W/"1",W/"3"', '"x", "3"'])(
      `${method} ${rest} with If-Match: %s is done`,
      async (tag) => {
        const { user, send, id } = await owner()
        const response = await send(method, tasksOf(user, id, rest), { headers: { 'if-match': tag }, body })
        expect(response).toMatchObject({ status })
      },
    )

    test.each(['"2"', '"4"', 'W/"2"', '"2", "4"', '3', '"3', '"03"', '"3.0"', 'three', '', '"99999999999"', '"-3"'])(
      `${method} ${rest} with If-Match: %j is refused with the task as it is`,
      async (tag) => {
        const { user, send, id } = await owner()
        const response = await send(method, tasksOf(user, id, rest), { headers: { 'if-match': tag }, body })
        const now = await send('GET', tasksOf(user, id))
        expect(now.json.version).toBe(3)
        expect(response).toMatchObject({
          status: 412,
          json: { code: 'version_mismatch', detail: expect.any(String), current: now.json },
        })
      },
    )

    test(`${method} ${rest} of an absent task is 404, whatever its If-Match`, async () => {
      const { user, send } = await owner()
      for (const tag of ['"1"', '*']) {
        const headers = { 'if-match': tag }
        expect(await send(method, tasksOf(user, 2_000_000_000, rest), { headers, body })).toMatchObject({ status: 404 })
      }
    })
  }

  test.each([
    ['"3"', 304],
    ['W/"3"', 304],
    ['"1", "3"', 304],
    ['*', 304],
    ['"2"', 200],
    ['3', 200],
  ])('GET with If-None-Match: %s is %i', async (tag, status) => {
    const { user, send, id } = await owner()
    const response = await send('GET', tasksOf(user, id), { headers: { 'if-none-match': tag } })
    expect(response).toMatchObject({ status, headers: { etag: '"3"' } })
    expect(response.text === '').toBe(status === 304)
  })
})

describe('keys', () => {
  const key = { 'idempotency-key': 'k-1' }

  test('a retry gets the original response and has no further effect', async () => {
    const user = newUser()
    const send = server.as(user)
    const create = () => send('POST', tasksOf(user), { headers: key, body: { title: 'once' } })
    const first = await create()
    await send('PUT', tasksOf(user, first.json.id), { body: { title: 'changed since' } })
    const repeat = await create()
    expect(repeat).toMatchObject({ status: 201, json: first.json, headers: { etag: '"1"' } })
    expect((await send('GET', tasksOf(user))).json).toHaveLength(1)
  })

  test('a retried DELETE, and a retry whose If-Match is stale by now, get the original response', async () => {
    const { user, send, id } = await owner()
    const headers = { 'idempotency-key': 'put', 'if-match': '"3"' }
    const put = () => send('PUT', tasksOf(user, id), { headers, body: { title: 'four' } })
    const first = await put()
    expect(await put()).toMatchObject({ status: 200, json: first.json })
    const remove = () => send('DELETE', tasksOf(user, id), { headers: { 'idempotency-key': 'delete' } })
    expect(await remove()).toMatchObject({ status: 204 })
    expect(await remove()).toMatchObject({ status: 204 })
    expect(await put()).toMatchObject({ status: 200, json: first.json })
  })

  test('a key with another request is rejected', async () => {
    const user = newUser()
    const send = server.as(user)
    await send('POST', tasksOf(user), { headers: key, body: { title: 'one' } })
    expect(await send('POST', tasksOf(user), { headers: key, body: { title: 'two' } })).toMatchObject({
      status: 422,
      json: { code: 'idempotency_key_reused', detail: expect.any(String) },
    })
  })

  test.each(['', 'a b', 'x'.repeat(256), 'caf\u00e9'])('the key %j is 422', async (bad) => {
    const response = await server.as('alice')('POST', tasksOf('alice'), {
      headers: { 'idempotency-key': bad },
      body: { title: 'x' },
    })
    expect(response).toMatchObject({ status: 422, json: { detail: [{ loc: ['header', 'idempotency-key'] }] } })
  })

  test('a failed write is not stored under its key', async () => {
    const { user, send, id } = await owner()
    const headers = { 'idempotency-key': 'k', 'if-match': '"9"' }
    expect(await send('DELETE', tasksOf(user, id), { headers })).toMatchObject({ status: 412 })
    const again = { 'idempotency-key': 'k' }
    expect(await send('DELETE', tasksOf(user, id), { headers: again })).toMatchObject({ status: 204 })
  })
})

describe('the log', () => {
  test('changes, history and undo', async () => {
    const { user, send, id } = await owner()
    const { json: log } = await send('GET', `/api/${user}/changes?since=0`)
    expect(log).toMatchObject({ next: 3, has_more: false })
    expect(log.changes.map(({ seq, kind, via }: Record<string, unknown>) => [seq, kind, via])).toEqual([
      [1, 'created', 'rest'],
      [2, 'updated', 'rest'],
      [3, 'updated', 'rest'],
    ])
    expect((await send('GET', `/api/${user}/changes`)).json).toEqual({ changes: [], next: 3, has_more: false })
    expect(await send('GET', `/api/${user}/changes?since=4`)).toMatchObject({
      status: 410,
      json: { code: 'changes_expired' },
    })
    const undone = await send('POST', `/api/${user}/changes/3/undo`, {
      headers: { 'content-type': 'application/json' },
    })
    expect(undone).toMatchObject({ status: 200, json: { seq: 4, kind: 'updated', undoes: 3, after: { title: 'two' } } })
    expect(await send('POST', `/api/${user}/changes/3/undo`)).toMatchObject({
      status: 409,
      json: { code: 'undo_conflict' },
    })
    expect(await send('POST', `/api/${user}/changes/99/undo`)).toMatchObject({
      status: 404,
      json: { code: 'change_not_found' },
    })
    await send('DELETE', tasksOf(user, id))
    const history = await send('GET', tasksOf(user, id, '/history?limit=2'))
    expect(history.json.map(({ kind }: { kind: string }) => kind)).toEqual(['deleted', 'updated'])
    expect(history.headers['link']).toMatch(/rel="next"$/)
    expect((await send('GET', tasksOf(user, id, '/history'))).json).toHaveLength(5)
    expect(await send('GET', tasksOf(user, 2_000_000_000, '/history'))).toMatchObject({ status: 404 })
  })
})
