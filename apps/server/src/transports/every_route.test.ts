import { appRouter, operations } from '@taskwire/api'
import { newUser } from '@taskwire/api/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tasksOf, testServer, type TestResponse, type Send, type TestServer } from '../../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

const routes = operations(appRouter).flatMap(({ rest }) =>
  (rest?.methods ?? []).map((method) => [method, rest?.path ?? ''] as const),
)

/** Valid bodies of routes of a task, by what follows its id in the path; the others take its fields. */
const bodies: Record<string, object> = {
  checklist: { done: true },
  move: { to: 'first' },
  '{remind_at}': { seen: true },
}

/** A route's path with its parameters filled in. */
function pathOf(route: string, user: string, row = 1): string {
  return route
    .replace('{user_id}', encodeURIComponent(user))
    .replace('{remind_at}', '2030-01-01T00:00:00.000Z')
    .replace(/\{\w+\}/g, String(row))
}

describe('every route', () => {
  test.each(routes)('%s %s requires a token', async (method, route) => {
    const path = pathOf(route, 'alice')
    const errorFor = async (authorization: string | undefined) => {
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
      const { status, json, headers: answered } = await server.send(method, path, { headers })
      expect(answered['www-authenticate']).toBe('Bearer')
      return [status, json.code, json.detail]
    }
    expect(await errorFor(undefined)).toEqual([401, 'not_authenticated', 'Not authenticated'])
    expect(await errorFor('Bearer')).toEqual([401, 'not_authenticated', 'Not authenticated'])
    expect(await errorFor('Bearer nonsense')).toEqual([401, 'token_malformed', 'Invalid token'])
    const other = `Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.`
    expect(await errorFor(other)).toEqual([401, 'token_algorithm', 'Invalid token'])
  })

  test.each(routes.filter(([, route]) => route.includes('{user_id}')))(
    '%s %s refuses the token of somebody else, and input that is wrong only after that',
    async (method, route) => {
      const response = await server.as('mallory')(method, `${pathOf(route, 'alice')}?limit=wrong`, {
        headers: { 'idempotency-key': ' ' },
        body: { nonsense: 1 },
      })
      expect(response).toMatchObject({
        status: 403,
        json: { detail: 'Forbidden: User ID mismatch', code: 'user_mismatch' },
      })
    },
  )

  test.each(routes.filter(([, route]) => /\{(task_id|conversation_id)\}/.test(route)))(
    '%s %s neither finds nor changes the rows of another user',
    async (method, route) => {
      const [owner, stranger] = [newUser(), newUser()]
      const { json: task } = await server.as(owner)('POST', tasksOf(owner), { body: { title: 'mine' } })
      const sent = {
        body: method === 'DELETE' ? undefined : (bodies[route.split('/').at(5) ?? ''] ?? { title: 'stolen' }),
      }
      const response = await server.as(stranger)(method, pathOf(route, stranger, task.id), sent)
      expect(response).toMatchObject({ status: 404 })
      expect(response.text).not.toContain('mine')
      expect((await server.as(owner)('GET', tasksOf(owner, task.id))).json).toEqual(task)
    },
  )
})

/** The outcome of a write in a form that both transports share. */
interface Outcome {
  readonly reason: string | undefined
  readonly title: unknown
  readonly version: unknown
  readonly fields: unknown
}

interface Route {
  create(input: object): Promise<Outcome>
  update(task_id: number, input: object): Promise<Outcome>
  toggle(task_id: number, input: object): Promise<Outcome>
  delete(task_id: number, input: object): Promise<Outcome>
  undo(seq: number, input: object): Promise<Outcome>
}

interface Safe {
  readonly if_version?: number
  readonly idempotency_key?: string
}

function restRoute(send: Send, user: string): Route {
  const call = async (method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, input: Safe, hasBody = true) => {
    const { if_version, idempotency_key, ...body } = input
    const headers = {
      ...(if_version === undefined ? {} : { 'if-match': `"${if_version}"` }),
      ...(idempotency_key === undefined ? {} : { 'idempotency-key': idempotency_key }),
    }
    const { json } = await send(method, path, { headers, ...(hasBody ? { body } : {}) })
    const names = Array.isArray(json?.detail) ? json.detail.map(({ loc }: { loc: string[] }) => loc.at(-1)) : undefined
    const fields = names?.map((name: string) => headerNames[name] ?? name)
    return { reason: json?.code, ...written(json), fields }
  }
  return {
    create: (input) => call('POST', tasksOf(user), input),
    update: (id, input) => call('PATCH', tasksOf(user, id), input),
    toggle: (id, input) => call('PATCH', tasksOf(user, id, '/complete'), input, false),
    delete: async (id, input) => ({ ...(await call('DELETE', tasksOf(user, id), input, false)), title: 0, version: 0 }),
    undo: (seq, input) => call('POST', `/api/${user}/changes/${seq}/undo`, input, false),
  }
}

const headerNames: Record<string, string> = { 'idempotency-key': 'idempotency_key', 'if-match': 'if_version' }

function trpcRoute(send: Send): Route {
  const call = async (name: string, body: object): Promise<Outcome> => {
    const { json }: TestResponse = await send('POST', `/trpc/${name}`, { body })
    const data = json.error?.data
    return {
      reason: data?.reason,
      ...written(json.result?.data),
      fields: data?.fields?.map(({ loc }: { loc: string[] }) => loc.at(-1)),
    }
  }
  return {
    create: (input) => call('task.create', input),
    update: (task_id, input) => call('task.update', { task_id, ...input }),
    toggle: (task_id, input) => call('task.toggle', { task_id, ...input }),
    delete: async (task_id, input) => ({ ...(await call('task.delete', { task_id, ...input })), title: 0, version: 0 }),
    undo: (seq, input) => call('change.undo', { seq, ...input }),
  }
}

function written(
  response: { title?: unknown; version?: unknown; after?: { title: unknown; version: unknown } } | undefined,
) {
  return { title: response?.after?.title ?? response?.title, version: response?.after?.version ?? response?.version }
}

describe('REST and tRPC have the same outcome', () => {
  const cases: Record<string, (route: Route, id: number) => Promise<Outcome>> = {
    'a create': (route) => route.create({ title: ' a ', description: 'd', completed: true }),
    'a create without title': (route) => route.create({}),
    'a create with too long a title': (route) => route.create({ title: 'x'.repeat(201) }),
    'a create with an unknown field': (route) => route.create({ title: 'x', more: 1 }),
    'a create with a bad key': (route) => route.create({ title: 'x', idempotency_key: 'a b' }),
    'an update': (route, id) => route.update(id, { title: 'new' }),
    'an update of nothing': (route, id) => route.update(id, {}),
    'an update to null': (route, id) => route.update(id, { title: null, completed: null }),
    'an update of a task that is not there': (route) => route.update(2_000_000_000, { title: 'x' }),
    'an update of a task that cannot be': (route) => route.update(3_000_000_000, { title: 'x' }),
    'an update at its version': (route, id) => route.update(id, { title: 'x', if_version: 1 }),
    'an update at another version': (route, id) => route.update(id, { title: 'x', if_version: 2 }),
    'a toggle': (route, id) => route.toggle(id, {}),
    'a toggle at another version': (route, id) => route.toggle(id, { if_version: 7 }),
    'a delete': (route, id) => route.delete(id, {}),
    'a delete of what is deleted': async (route, id) => {
      await route.delete(id, {})
      return route.delete(id, {})
    },
    'a repeated delete': async (route, id) => {
      await route.delete(id, { idempotency_key: 'k' })
      return route.delete(id, { idempotency_key: 'k' })
    },
    'a repeated update after another': async (route, id) => {
      const write = { title: 'first', idempotency_key: 'k', if_version: 1 }
      await route.update(id, write)
      await route.update(id, { title: 'second' })
      return route.update(id, write)
    },
    'a key with another request': async (route, id) => {
      await route.update(id, { title: 'first', idempotency_key: 'k' })
      return route.update(id, { title: 'second', idempotency_key: 'k' })
    },
    'an undo': async (route, id) => {
      await route.update(id, { title: 'new' })
      return route.undo(2, {})
    },
    'an undo of a delete': async (route, id) => {
      await route.delete(id, {})
      return route.undo(2, {})
    },
    'an undo that is too late': async (route, id) => {
      await route.update(id, { title: 'new' })
      await route.update(id, { title: 'newer' })
      return route.undo(2, {})
    },
    'an undo of nothing': (route) => route.undo(9, {}),
  }

  test.each(Object.entries(cases))('%s', async (_, run) => {
    const outcomes = await Promise.all(
      ['rest', 'trpc'].map(async (name) => {
        const user = newUser()
        const send = server.as(user)
        const { json } = await send('POST', tasksOf(user), { body: { title: 'one' } })
        return run(name === 'rest' ? restRoute(send, user) : trpcRoute(send), json.id)
      }),
    )
    expect(outcomes[0]).toEqual(outcomes[1])
    expect(outcomes[0]?.reason ?? 'done').toSatisfy((reason: string) => reason !== 'internal_error')
  })

  test('a retry over the other transport gets the original response', async () => {
    const user = newUser()
    const send = server.as(user)
    const write = { title: 'once', idempotency_key: 'k' }
    const first = await restRoute(send, user).create(write)
    expect(await trpcRoute(send).create(write)).toEqual(first)
    expect((await send('GET', tasksOf(user))).json).toHaveLength(1)
  })
})
