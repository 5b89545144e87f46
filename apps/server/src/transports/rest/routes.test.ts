import { addedDefaults, newUser } from '@taskwire/api/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tasksOf, testServer, type Send, type TestServer } from '../../../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

/** A user with one task. */
async function owner(): Promise<{ user: string; send: Send; id: number }> {
  const user = newUser()
  const send = server.as(user)
  const { json } = await send('POST', tasksOf(user), { body: { title: 'one' } })
  return { user, send, id: json.id }
}

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

describe('the documented routes', () => {
  test('create, list, read, update, complete and delete a task', async () => {
    const user = newUser()
    const send = server.as(user)
    const created = await send('POST', tasksOf(user), { body: { title: '  Buy milk ', description: 'two' } })
    const task = {
      id: expect.any(Number),
      user_id: user,
      title: 'Buy milk',
      description: 'two',
      completed: false,
      created_at: TIME,
      updated_at: TIME,
      version: 1,
      ...addedDefaults,
      position: expect.stringMatching(/^a[0-9a-f]{8}$/),
    }
    expect(created).toMatchObject({ status: 201, json: task })
    expect(Object.keys(created.json)).toEqual(Object.keys(task))
    expect(created.headers['content-type']).toBe('application/json; charset=utf-8')
    const { id } = created.json
    expect(await send('GET', tasksOf(user))).toMatchObject({ status: 200, json: [created.json] })
    expect(await send('GET', tasksOf(user, id))).toMatchObject({ status: 200, json: created.json })
    expect(await send('PUT', tasksOf(user, id), { body: { title: 'Buy oat milk' } })).toMatchObject({
      status: 200,
      json: { id, title: 'Buy oat milk', description: 'two', version: 2 },
    })
    expect(await send('PATCH', tasksOf(user, id), { body: { description: null, completed: true } })).toMatchObject({
      status: 200,
      json: { title: 'Buy oat milk', description: null, completed: true, version: 3 },
    })
    expect(await send('PATCH', tasksOf(user, id, '/complete'))).toMatchObject({
      status: 200,
      json: { completed: false, version: 4 },
    })
    expect(await send('DELETE', tasksOf(user, id))).toMatchObject({ status: 204, text: '' })
    expect(await send('GET', tasksOf(user, id))).toMatchObject({ status: 404 })
  })

  test.each(['PUT', 'PATCH'])('%s with {} is 200 and increments the version', async (method) => {
    const { user, send, id } = await owner()
    expect(await send(method, tasksOf(user, id), { body: {} })).toMatchObject({ status: 200, json: { version: 2 } })
  })

  test.each([
    ['PATCH', '/complete', 200],
    ['DELETE', '', 204],
  ])('%s%s accepts an empty body with a JSON content type, as most clients send it', async (method, rest, status) => {
    const { user, send, id } = await owner()
    const headers = { 'content-type': 'application/json' }
    expect(await send(method, tasksOf(user, id, rest), { headers, body: '' })).toMatchObject({ status })
  })

  test.each([['{"completed": 7}'], ['{bad'], ['[]'], ['<a/>']])('/complete ignores the body %s', async (body) => {
    const { user, send, id } = await owner()
    const headers = { 'content-type': body === '<a/>' ? 'application/xml' : 'application/json' }
    expect(await send('PATCH', tasksOf(user, id, '/complete'), { headers, body })).toMatchObject({
      status: 200,
      json: { completed: true },
    })
  })

  test('quick add responds 201 with the task and its ETag, and 200 with a preview in a dry run', async () => {
    const send = server.as('quick')
    const body = { text: 'Pay rent 2027-05-01 !2' }
    expect(await send('POST', '/api/quick/tasks/quick', { body: { ...body, dry_run: true } })).toMatchObject({
      status: 200,
      json: {
        task: { priority: 'medium', due_date: '2027-05-01' },
        title: 'Pay rent',
        spans: [{ from: 9 }, { from: 20 }],
      },
    })
    expect((await send('GET', tasksOf('quick'))).json).toEqual([])
    const created = await send('POST', '/api/quick/tasks/quick/', { body })
    expect(created).toMatchObject({
      status: 201,
      headers: { etag: '"1"' },
      json: { title: 'Pay rent', priority: 'medium', due_date: '2027-05-01', version: 1 },
    })
    expect((await send('GET', tasksOf('quick'))).json).toEqual([created.json])
    expect(await send('POST', '/api/quick/tasks/quick', { body: { text: '!2' } })).toMatchObject({
      status: 422,
      json: { code: 'validation_failed', detail: [{ loc: ['body', 'text'], msg: 'Must contain a title' }] },
    })
  })

  test('a batch responds with its results, or with the first refusal, its status and its index', async () => {
    const send = server.as('batcher')
    const create = { do: 'create', title: 'Bread', ref: 'b' }
    const done = await send('POST', '/api/batcher/batch', {
      body: { operations: [create, { do: 'complete', ref: 'b' }] },
    })
    expect(done).toMatchObject({
      status: 200,
      json: {
        results: [
          { index: 0, task: { title: 'Bread', version: 1 } },
          { index: 1, task: { completed: true, version: 2 } },
        ],
        first_seq: 1,
        last_seq: 2,
      },
    })
    const { id } = done.json.results[0].task
    const stale = { do: 'delete', task_id: id, if_version: 1 }
    expect(await send('POST', '/api/batcher/batch', { body: { operations: [create, stale] } })).toMatchObject({
      status: 412,
      json: { code: 'version_mismatch', index: 1, current: { id, version: 2 } },
    })
    const invalid = { do: 'update', task_id: id, titel: 'x' }
    expect(await send('POST', '/api/batcher/batch', { body: { operations: [invalid] } })).toMatchObject({
      status: 422,
      json: { index: 0, detail: [{ type: 'unknown_field', loc: ['body', 'operations', 0, 'titel'] }] },
    })
    const long = { do: 'create', title: 'x', description: 'y'.repeat(1000) }
    const large = { operations: Array.from({ length: 100 }, () => long) }
    expect(await send('POST', '/api/batcher/batch', { body: large })).toMatchObject({ status: 200 })
    const tooLarge = { operations: Array.from({ length: 100 }, () => ({ ...long, description: 'y'.repeat(3000) })) }
    expect(await send('POST', '/api/batcher/batch', { body: tooLarge })).toMatchObject({ status: 413 })
  })

  test('PUT on an item of a checklist sets it, at a version if one is named', async () => {
    const send = server.as('checker')
    const checklist = [{ id: 'a-1', text: 'Rye' }]
    const { json: task } = await send('POST', tasksOf('checker'), { body: { title: 'Bread', checklist } })
    const path = tasksOf('checker', task.id, '/checklist/a-1')
    expect(await send('PUT', path, { body: { done: true }, headers: { 'if-match': '"1"' } })).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      json: { checklist: [{ id: 'a-1', text: 'Rye', done: true }] },
    })
    expect(await send('PUT', path, { body: { done: false }, headers: { 'if-match': '"1"' } })).toMatchObject({
      status: 412,
      json: { current: { version: 2 } },
    })
    expect(await send('PUT', tasksOf('checker', task.id, '/checklist/b'), { body: { done: true } })).toMatchObject({
      status: 404,
      json: { code: 'item_not_found', detail: 'Item not found' },
    })
    expect(await send('PUT', path, { body: {} })).toMatchObject({ status: 422 })
  })

  test('trailing slashes are accepted', async () => {
    const { user, send, id } = await owner()
    for (const [method, path, status] of [
      ['GET', `${tasksOf(user)}/`, 200],
      ['GET', `${tasksOf(user, id)}/`, 200],
      ['PATCH', `${tasksOf(user, id)}/complete/`, 200],
      ['DELETE', `${tasksOf(user, id)}/`, 204],
      ['GET', '/health/', 200],
    ] as const) {
      expect(await send(method, path), path).toMatchObject({ status })
    }
    expect(await send('POST', `${tasksOf(user)}/`, { body: { title: 'x' } })).toMatchObject({ status: 201 })
  })

  test('HEAD responds like GET, without a body', async () => {
    const { user, send, id } = await owner()
    const get = await send('GET', tasksOf(user, id))
    const head = await send('HEAD', tasksOf(user, id))
    expect(head).toMatchObject({ status: 200, text: '', headers: { etag: '"1"' } })
    expect(head.headers['content-length']).toBe(get.headers['content-length'])
  })

  test('/auth/me returns the viewer', async () => {
    expect(await server.as('me@example.com')('GET', '/auth/me')).toMatchObject({
      status: 200,
      json: { id: 'me@example.com', email: null, name: null },
    })
  })
})

describe('the user in the path', () => {
  const users = {
    'of 128 characters': 'u'.repeat(128),
    'of 128 characters outside of the BMP': '\u{1F600}'.repeat(128),
    'an e-mail address': 'a.b+c@example.com',
    'with a slash': 'team/alice',
    'with an escape that stays one': 'a%2Fb',
    'with spaces, a plus and a percent sign': 'a b+c%',
    'like the path of a task': 'x/tasks/1',
  }
  test.each(Object.entries(users))('%s', async (_, user) => {
    const send = server.as(user)
    const created = await send('POST', tasksOf(user), { body: { title: 'mine' } })
    expect(created).toMatchObject({ status: 201, json: { user_id: user } })
    expect(await send('GET', tasksOf(user, created.json.id))).toMatchObject({ status: 200 })
    expect(await send('GET', tasksOf(user))).toMatchObject({ status: 200, json: [created.json] })
  })

  test.each([
    ['alice', 'bob'],
    ['alice', 'Alice'],
    ['alice', 'alice '],
    ['a/b', 'a%2Fb'],
    ['alice', '*'],
  ])('the token of %j does not act for %j', async (user, other) => {
    expect(await server.as(user)('GET', tasksOf(other))).toMatchObject({
      status: 403,
      json: { detail: 'Forbidden: User ID mismatch', code: 'user_mismatch' },
    })
  })

  test.each(['%', '%zz', '%f', '%ff', 'a%c3'])('an invalid escape %s is 422', async (escape) => {
    expect(await server.as('alice')('GET', `/api/${escape}/tasks`)).toMatchObject({
      status: 422,
      json: { code: 'validation_failed', detail: [{ loc: ['path'] }], request_id: expect.any(String) },
    })
  })

  test('another user is rejected before any row is read', async () => {
    const { user, id } = await owner()
    const send = server.as(newUser())
    for (const task of [id, 999_999, 'abc']) {
      expect(await send('GET', tasksOf(user, task))).toMatchObject({ status: 403 })
    }
  })
})

describe('the task in the path', () => {
  test('absent, deleted, foreign and impossible tasks are indistinguishable', async () => {
    const other = await owner()
    const { user, send, id } = await owner()
    await send('DELETE', tasksOf(user, id))
    for (const task of [id, other.id, 2_000_000_000, 2_147_483_648, 10 ** 20, '9'.repeat(400)]) {
      for (const [method, rest] of [
        ['GET', ''],
        ['PUT', ''],
        ['PATCH', ''],
        ['DELETE', ''],
        ['PATCH', '/complete'],
      ] as const) {
        const response = await send(method, tasksOf(user, task, rest), method === 'PUT' ? { body: { title: 'x' } } : {})
        expect(response, `${method} ${task}`).toMatchObject({ status: 404 })
        expect(response.json).toEqual({
          detail: 'Task not found',
          code: 'task_not_found',
          request_id: response.headers['x-request-id'],
        })
      }
    }
  })

  test.each(['abc', '0', '-1', '1.5', '1e3', '0x10', '%201', 'NaN', '1;2'])('the id %s is 422', async (task) => {
    expect(await server.as('alice')('GET', tasksOf('alice', task))).toMatchObject({
      status: 422,
      json: { code: 'validation_failed', detail: [{ loc: ['path', 'task_id'], msg: expect.any(String) }] },
    })
  })
})

describe('bodies', () => {
  const bad: [string, unknown, (string | number)[]][] = [
    ['no title', {}, ['body', 'title']],
    ['no body', undefined, ['body', 'title']],
    ['a title of spaces', { title: ' \t\n' }, ['body', 'title']],
    ['a title of 201 characters', { title: 'x'.repeat(201) }, ['body', 'title']],
    ['a title of null', { title: null }, ['body', 'title']],
    ['a title that is a number', { title: 5 }, ['body', 'title']],
    ['a NUL in the title', { title: 'a\0b' }, ['body', 'title']],
    ['a lone surrogate in the title', '{"title":"\\ud800"}', ['body', 'title']],
    ['a NUL in the description', { title: 'x', description: '\0' }, ['body', 'description']],
    ['a description of 1001 characters', { title: 'x', description: 'd'.repeat(1001) }, ['body', 'description']],
    ['completed of null', { title: 'x', completed: null }, ['body', 'completed']],
    ['completed as text', { title: 'x', completed: 'true' }, ['body', 'completed']],
    ['an unknown field', { title: 'x', priority: 1 }, ['body', 'priority']],
    ['a field of the path', { title: 'x', task_id: 1 }, ['body', 'task_id']],
    ['the user', { title: 'x', user_id: 'alice' }, ['body', 'user_id']],
    ['a field of a header', { title: 'x', idempotency_key: 'k' }, ['body', 'idempotency_key']],
    ['a prototype', '{"title":"x","__proto__":{"a":1}}', ['body', '__proto__']],
    ['an array', [{ title: 'x' }], ['body']],
    ['null', 'null', ['body']],
    ['text', '"x"', ['body']],
  ]
  test.each(bad)('%s is 422 and stores nothing', async (_, body, loc) => {
    const user = newUser()
    const response = await server.as(user)('POST', tasksOf(user), {
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect(response).toMatchObject({ status: 422, json: { code: 'validation_failed' } })
    expect(response.json.detail.map((field: { loc: unknown }) => field.loc)).toEqual([loc])
    expect(await server.as(user)('GET', tasksOf(user))).toMatchObject({ json: [] })
  })

  test('one response reports every problem', async () => {
    const { json } = await server.as('alice')('PUT', tasksOf('alice', 'x'), {
      headers: { 'idempotency-key': 'a b' },
      body: { title: '', other: 1, if_version: 3 },
    })
    expect(json.detail.map(({ loc }: { loc: string[] }) => loc.join('.')).toSorted()).toEqual([
      'body.if_version',
      'body.other',
      'body.title',
      'header.idempotency-key',
      'path.task_id',
    ])
  })

  test('a title may have 200 characters of any plane, and a description 1000', async () => {
    const [title, description] = ['\u{1F600}'.repeat(200), '\u{20BB7}'.repeat(1000)]
    const body = JSON.stringify({ title, description }).replace(/[^\0-\x7f]/g, (unit) => {
      return Array.from({ length: unit.length }, (_, at) => `\\u${unit.charCodeAt(at).toString(16)}`).join('')
    })
    const headers = { 'content-type': 'application/json' }
    const response = await server.as('alice')('POST', tasksOf('alice'), { headers, body })
    expect(response).toMatchObject({ status: 201, json: { title, description } })
  })

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/merge-patch+json',
  ])('the content type %s is JSON', async (type) => {
    const headers = { 'content-type': type }
    const response = await server.as('alice')('POST', tasksOf('alice'), { headers, body: '{"title":"x"}' })
    expect(response).toMatchObject({ status: 201 })
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'multipart/form-data; boundary=x'])(
    'the content type %s is 415, before the token is looked at',
    async (type) => {
      const headers = { 'content-type': type }
      expect(await server.send('POST', tasksOf('alice'), { headers, body: '{"title":"x"}' })).toMatchObject({
        status: 415,
        json: { code: 'unsupported_media_type' },
      })
    },
  )

  test.each([
    ['gzip', 415],
    ['identity', 201],
  ])('a body with the content encoding %s is %i', async (coding, status) => {
    const headers = { 'content-type': 'application/json', 'content-encoding': coding }
    const response = await server.as('alice')('POST', tasksOf('alice'), { headers, body: '{"title":"x"}' })
    expect(response).toMatchObject({ status })
  })

  test.each(['{', '{"title":}', 'title', "{'title':'x'}"])(
    'malformed JSON (%j) is 422, before the token is looked at',
    async (body) => {
      const headers = { 'content-type': 'application/json' }
      expect(await server.send('POST', tasksOf('alice'), { headers, body })).toMatchObject({
        status: 422,
        json: { code: 'malformed_json', detail: expect.any(String), request_id: expect.any(String) },
      })
    },
  )

  test('a body that is too large is 413 before the token is checked', async () => {
    const body = { title: 'x', description: 'd'.repeat(70_000) }
    expect(await server.send('POST', tasksOf('alice'), { body })).toMatchObject({
      status: 413,
      json: { code: 'payload_too_large' },
    })
  })

  test('with UNKNOWN_FIELDS=ignore what does not fit a field that was added is ignored and named', async () => {
    const lenient = await testServer({ UNKNOWN_FIELDS: 'ignore' })
    try {
      const send = lenient.as('alice')
      const body = { title: 'x', priority: 'normal', category: 'x', tags: 'a,b', due_date: '2026-01-15T00:00:00.000Z' }
      const answer = await send('POST', tasksOf('alice'), { body })
      expect(answer).toMatchObject({ status: 201, json: { priority: 'medium', tags: [], due_date: null } })
      expect(answer.headers['taskwire-ignored']).toBe('tags, due_date')
      const path = tasksOf('alice', answer.json.id)
      const patch = (fields: object) => send('PATCH', path, { body: fields })
      const ignored = async (fields: object) => (await patch(fields)).headers['taskwire-ignored']
      expect(await ignored({ tags: null, reminders: ['soon'], checklist: [{}], due_at: 7 })).toBe(
        'tags, reminders, checklist',
      )
      expect(await ignored({ due_zone: 'UTC', due_time: '10:00' })).toBe('due_time, due_zone')
      expect(await ignored({ due_date: '2026-01-15', reminders: ['P1D'], start_date: '2026-01-16' })).toBe('start_date')
      expect(await ignored({ due_date: null, title: 'y' })).toBe('due_date')
      expect(await ignored({ start_date: '2026-01-10' })).toBeUndefined()
      expect(await ignored({ due_date: '2026-01-09', due_time: '10:00' })).toBe('due_date, due_time')
      for (const [old, priority] of [
        ['urgent', 'high'],
        ['none', null],
        ['low', 'low'],
        ['', null],
      ] as const) {
        expect(await patch({ priority: old })).toMatchObject({ status: 200, json: { priority } })
      }
      expect((await send('GET', path)).json).toMatchObject({
        title: 'y',
        due_date: '2026-01-15',
        due_time: null,
        start_date: '2026-01-10',
        reminders: ['P1D'],
        version: 11,
      })
    } finally {
      await lenient.close()
    }
  })

  test('with UNKNOWN_FIELDS=ignore bodies may have unknown fields', async () => {
    const lenient = await testServer({ UNKNOWN_FIELDS: 'ignore' })
    try {
      const body = { title: 'x', priority: 'high', user_id: 'bob', task_id: 5, idempotency_key: 7, __proto__: null }
      const response = await lenient.as('alice')('POST', tasksOf('alice'), { body })
      expect(response).toMatchObject({ status: 201, json: { title: 'x', user_id: 'alice' } })
      const changed = await lenient.as('alice')('PATCH', tasksOf('alice', response.json.id), {
        body: { if_version: 9 },
      })
      expect(changed).toMatchObject({ status: 200, json: { version: 2 } })
      expect(await lenient.as('alice')('POST', tasksOf('alice'), { body: { title: '' } })).toMatchObject({
        status: 422,
      })
    } finally {
      await lenient.close()
    }
  })
})
