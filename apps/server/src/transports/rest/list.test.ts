import { get, type IncomingMessage } from 'node:http'
import { newUser, signedToken } from '@taskwire/api/testing'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { tasksOf, testServer, type TestResponse, type Send, type TestServer } from '../../../testing/server.ts'

let server: TestServer
let url: string
beforeAll(async () => {
  server = await testServer()
  url = await server.listen()
})
afterAll(() => server.close())

const titles = ({ json }: TestResponse) => json.map(({ title }: { title: string }) => title)

describe('query parameters', () => {
  let user: string
  let send: Send
  beforeAll(async () => {
    user = newUser()
    send = server.as(user)
    for (const [title, completed] of [
      ['open 1', false],
      ['done', true],
      ['open 2', false],
    ]) {
      await send('POST', tasksOf(user), { body: { title, completed } })
    }
    const fields = { priority: 'high', tags: ['C++', '100%'], due_date: '2026-11-01', start_date: '2026-11-01' }
    const [first] = (await send('GET', `${tasksOf(user)}?search=open+1`)).json
    await send('PATCH', tasksOf(user, first.id), { body: fields })
    const gone = await send('POST', tasksOf(user), { body: { title: 'gone' } })
    await send('DELETE', tasksOf(user, gone.json.id))
  })

  const list = async (query: string) => titles(await send('GET', `${tasksOf(user)}?${query}`))

  test.each(['true', 'True', 'TRUE', '1', 'yes', 'YES', 'on', 'On'])('completed=%s', async (text) => {
    expect(await list(`completed=${text}`)).toEqual(['done'])
  })
  test.each(['false', 'False', '0', 'no', 'off', 'OFF'])('completed=%s', async (text) => {
    expect(await list(`completed=${text}`)).toEqual(['open 2', 'open 1'])
  })
  test.each([
    ['', ['open 2', 'done', 'open 1']],
    ['status=all', ['open 2', 'done', 'open 1']],
    ['status=pending', ['open 2', 'open 1']],
    ['status=completed', ['done']],
    ['status=deleted', ['gone']],
    ['status=pending&completed=true', []],
    ['status=completed&completed=1', ['done']],
    ['status=completed&status=pending', ['open 2', 'open 1']],
    ['completed=maybe&completed=true', ['done']],
    ['search=OPEN', ['open 2', 'open 1']],
    ['search=', ['open 2', 'done', 'open 1']],
    ['search=%25', []],
    ['search=open+1', ['open 1']],
    ['sort=title', ['done', 'open 1', 'open 2']],
    ['sort=title&order=desc', ['open 2', 'open 1', 'done']],
    ['sort=created&order=asc', ['open 1', 'done', 'open 2']],
    ['sort=updated_at', ['open 1', 'open 2', 'done']],
    ['sort=due_date', ['open 1', 'done', 'open 2']],
    ['sort=priority&order=asc', ['open 1', 'open 2', 'done']],
    ['sort=completed_at', ['done', 'open 2', 'open 1']],
    ['tags=', ['open 2', 'done', 'open 1']],
    ['tags=c%2B%2B,100%25', ['open 1']],
    ['tags=c%2B%2B,other', []],
    ['tags=1__%25', []],
    ['priority=all', ['open 2', 'done', 'open 1']],
    ['priority=', ['open 2', 'done', 'open 1']],
    ['priority=high,low', ['open 1']],
    ['priority=none&status=pending', ['open 2']],
    ['due=all', ['open 2', 'done', 'open 1']],
    ['due=&due_from=&due_to=&zone=&started=&series_id=', ['open 2', 'done', 'open 1']],
    ['due=any', ['open 1']],
    ['due=none', ['open 2', 'done']],
    ['due_from=2026-11-01&due_to=2026-11-01', ['open 1']],
    ['due_from=2026-11-02', []],
    ['started=no&zone=Asia/Calcutta', []],
    ['series_id=2147483647', []],
    ['limit=2', ['open 2', 'done']],
    ['page=7&_=1&user_id=bob&task_id=1&if_version=x', ['open 2', 'done', 'open 1']],
  ])('?%s', async (query, expected) => {
    expect(await list(query)).toEqual(expected)
  })

  test('only tasks in the trash have deleted_at', async () => {
    const [gone] = (await send('GET', `${tasksOf(user)}?status=deleted`)).json
    expect(gone.deleted_at).toMatch(/Z$/)
    const all = await send('GET', tasksOf(user))
    expect(all.json.filter((task: object) => 'deleted_at' in task)).toEqual([])
  })

  test.each([
    ['completed=maybe', 'completed'],
    ['completed=', 'completed'],
    ['completed=true&completed=2', 'completed'],
    ['status=open', 'status'],
    ['status=Pending', 'status'],
    ['status=', 'status'],
    ['sort=id', 'sort'],
    ['due=tomorrow', 'due'],
    ['due_from=tomorrow', 'due_from'],
    ['due_to=2026-02-30', 'due_to'],
    ['zone=Mars/Olympus', 'zone'],
    ['tags=a,', 'tags'],
    ['priority=high,urgent', 'priority'],
    ['started=maybe', 'started'],
    ['series_id=x', 'series_id'],
    ['series_id=0', 'series_id'],
    ['order=up', 'order'],
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=1e2', 'limit'],
    ['limit=0x10', 'limit'],
    ['limit=+5', 'limit'],
    ['limit=%205', 'limit'],
    ['limit=', 'limit'],
    ['limit=ten', 'limit'],
    ['search=%00', 'search'],
    ['cursor=abc', 'cursor'],
    ['cursor=', 'cursor'],
  ])('?%s is 422', async (query, name) => {
    expect(await send('GET', `${tasksOf(user)}?${query}`)).toMatchObject({
      status: 422,
      json: { code: 'validation_failed', detail: [{ loc: ['query', name] }] },
    })
  })
})

describe('pages', () => {
  async function withTasks(count: number) {
    const user = `list of/${newUser()}`
    const send = server.as(user)
    for (let at = 1; at <= count; at++) await send('POST', tasksOf(user), { body: { title: `task ${at}` } })
    return { user, send }
  }
  const next = ({ headers }: TestResponse) => /^<(.+)>; rel="next"$/.exec(headers['link'] ?? '')?.[1]

  test('Link headers lead through all pages despite concurrent inserts', async () => {
    const { user, send } = await withTasks(5)
    const seen: string[] = []
    let path: string | undefined = `${tasksOf(user)}?limit=2&completed=False&nonsense=1`
    while (path !== undefined) {
      const page: TestResponse = await send('GET', path)
      seen.push(...titles(page))
      await send('POST', tasksOf(user), { body: { title: 'meanwhile' } })
      path = next(page)
      expect(path ?? tasksOf(user)).toSatisfy((text: string) => text.startsWith(tasksOf(user)))
    }
    expect(seen).toEqual(['task 5', 'task 4', 'task 3', 'task 2', 'task 1'])
  })

  test('neither the last page nor a list without limit has a Link header', async () => {
    const { user, send } = await withTasks(2)
    expect(next(await send('GET', `${tasksOf(user)}?limit=2`))).toBeUndefined()
    expect(next(await send('GET', tasksOf(user)))).toBeUndefined()
  })

  test('a cursor is valid only for its own sort, filter and user', async () => {
    const { user, send } = await withTasks(3)
    const cursor = new URL(next(await send('GET', `${tasksOf(user)}?limit=1`)) ?? '', 'http://x').searchParams.get(
      'cursor',
    )
    const stranger = newUser()
    const tries = [
      send('GET', `${tasksOf(user)}?limit=1&sort=title&cursor=${cursor}`),
      send('GET', `${tasksOf(user)}?limit=1&status=pending&cursor=${cursor}`),
      send('GET', `${tasksOf(user)}?limit=1&cursor=${cursor}x`),
      server.as(stranger)('GET', `${tasksOf(stranger)}?limit=1&cursor=${cursor}`),
    ]
    for (const response of await Promise.all(tries)) {
      expect(response).toMatchObject({ status: 422, json: { detail: [{ loc: ['query', 'cursor'] }] } })
    }
  })

  test('no path or query can end the Link header early', async () => {
    const user = 'a>; rel="next", <b'
    const send = server.as(user)
    for (const title of ['a', 'b']) await send('POST', tasksOf(user), { body: { title: `${title}>"` } })
    const page = await send('GET', `${tasksOf(user)}?limit=1&search=%3E%22`)
    expect(page.headers['link']).toMatch(/^<[^<>"\s]+>; rel="next"$/)
    expect(titles(await send('GET', next(page) ?? ''))).toEqual(['a>"'])
  })
})

describe('a list that is longer than a page', () => {
  // More than the sockets buffer, so the server has to wait for its client.
  const COUNT = 12_000
  let user: string
  beforeAll(async () => {
    user = newUser()
    const { db } = server.fixture.services
    // A single statement would update the same counter for each row, which takes PostgreSQL minutes.
    await db.$executeRaw`ALTER TABLE taskwire.task DISABLE TRIGGER task_change`
    await db.$executeRaw`
      INSERT INTO taskwire.task (user_id, title, description)
      SELECT ${user}, 'task ' || n, repeat('d', 1000) FROM generate_series(1, ${COUNT}::int) n`
    await db.$executeRaw`ALTER TABLE taskwire.task ENABLE TRIGGER task_change`
  })

  /** Renames the table while `work` runs. */
  async function withoutTable(work: () => Promise<void>): Promise<void> {
    const { db } = server.fixture.services
    await db.$executeRaw`ALTER TABLE taskwire.task RENAME TO away`
    try {
      await work()
    } finally {
      await db.$executeRaw`ALTER TABLE taskwire.away RENAME TO task`
    }
  }

  test('is sent whole, in order', async () => {
    const { status, json } = await server.as(user)('GET', tasksOf(user))
    expect(status).toBe(200)
    const ids = json.map(({ id }: { id: number }) => id)
    expect(ids).toHaveLength(COUNT)
    expect(ids).toEqual(ids.toSorted((a: number, b: number) => b - a))
  })

  test('responds to HEAD without reading all of it', async () => {
    expect(await server.as(user)('HEAD', tasksOf(user))).toMatchObject({ status: 200, text: '' })
  })

  test('breaks the connection on an error after the first byte, and never closes the array', async () => {
    const response = await startedResponse(url + tasksOf(user), user)
    expect(response.statusCode).toBe(200)
    const { pool } = server.fixture.database
    const terminate = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'idle in transaction' AND query LIKE 'FETCH %'`
    await expect.poll(async () => (await pool.query(terminate)).rowCount).toBe(1)
    const { text, ended } = await rest(response)
    expect(text.startsWith('[{')).toBe(true)
    expect(text.endsWith(']')).toBe(false)
    expect(ended).toBe('destroyed')
    expect(server.fixture.logged.at(-1)).toMatchObject({ details: { operation: 'task.list' } })
  })

  test('a client who leaves gives its connection to the database back', async () => {
    const { services } = server.fixture
    const { snapshots } = services
    let closed = 0
    const open = () => {
      const snapshot = snapshots.open()
      return { ...snapshot, close: () => (closed++, snapshot.close()) }
    }
    Object.assign(services, { snapshots: { open } })
    onTestFinished(() => void Object.assign(services, { snapshots }))
    const response = await startedResponse(url + tasksOf(user), user)
    const { pool } = server.fixture.database
    const transactions = async () => {
      const { rows } = await pool.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'`,
      )
      return rows[0]?.count
    }
    await expect.poll(transactions).toBe(1)
    response.destroy()
    // A snapshot that nobody reads ends by itself, but later.
    await expect.poll(() => closed).toBe(1)
    await expect.poll(transactions).toBe(0)
  })

  test('responds to an error before the first byte with an ordinary 500 that reveals nothing', async () => {
    await withoutTable(async () => {
      const response = await server.as(user)('GET', tasksOf(user))
      expect(response).toMatchObject({ status: 500 })
      expect(response.json).toEqual({
        detail: 'Internal server error',
        code: 'internal_error',
        request_id: response.headers['x-request-id'],
      })
    })
  })
})

test('a page of a search may be empty and have a Link, the whole list has what all pages have', async () => {
  const user = newUser()
  const { db } = server.fixture.services
  await db.$executeRaw`ALTER TABLE taskwire.task DISABLE TRIGGER task_change`
  // One more than a page looks at.
  await db.$executeRaw`
    INSERT INTO taskwire.task (user_id, title) SELECT ${user}, CASE n WHEN 1 THEN 'zq' ELSE 'm' END
    FROM generate_series(1, 25001) n`
  await db.$executeRaw`ALTER TABLE taskwire.task ENABLE TRIGGER task_change`
  const get = (path: string) => server.as(user)('GET', path)
  const first = await get(`${tasksOf(user)}?search=zq&limit=50`)
  expect(first).toMatchObject({ status: 200, json: [] })
  const next = /^<(.*)>; rel="next"$/.exec(first.headers['link'] ?? '')?.[1] ?? ''
  const second = await get(next)
  expect(second.json).toMatchObject([{ title: 'zq' }])
  expect(second.headers).not.toHaveProperty('link')
  expect((await get(`${tasksOf(user)}?search=zq`)).json).toEqual(second.json)
})

describe('a list without limit is one moment, whatever is written meanwhile', () => {
  const COUNT = 700
  let user: string
  let ids: number[]
  beforeAll(async () => {
    user = newUser()
    const { db } = server.fixture.services
    await db.$executeRaw`ALTER TABLE taskwire.task DISABLE TRIGGER task_change`
    await db.$executeRaw`
      INSERT INTO taskwire.task (user_id, title, completed) SELECT ${user}, md5(n::text), n % 10 = 0
      FROM generate_series(1, ${COUNT}::int) n`
    await db.$executeRaw`ALTER TABLE taskwire.task ENABLE TRIGGER task_change`
    const rows = await db.task.findMany({ where: { user_id: user }, select: { id: true }, orderBy: { id: 'asc' } })
    ids = rows.map(({ id }) => id)
  })

  /** Moves tasks to the front, to the end and in and out of every filter, until `work` has ended. */
  async function underWriters(work: () => Promise<void>): Promise<void> {
    const { sql } = server.fixture.services
    let isDone = false
    const write = async (writer: number) => {
      for (let turn = writer; !isDone; turn += 4) {
        const id = ids[(turn * 7919) % COUNT]
        const text = 'UPDATE taskwire.task SET title = md5($3) WHERE user_id = $1 AND id = $2'
        await sql({ text, values: [user, id, String(turn)], pipeline: { lockKey: `${writer}` } })
      }
    }
    const writers = [0, 1, 2, 3].map(write)
    try {
      await work()
    } finally {
      isDone = true
      await Promise.all(writers)
    }
  }

  const sorts = ['title', 'updated_at', 'created_at'].flatMap((sort) => [
    `sort=${sort}&order=asc`,
    `sort=${sort}&order=desc`,
  ])

  test.each(sorts)('%s', async (query) => {
    await underWriters(async () => {
      for (let round = 0; round < 4; round++) {
        const { status, json } = await server.as(user)('GET', `${tasksOf(user)}?${query}`)
        expect(status).toBe(200)
        const seen = json.map(({ id }: { id: number }) => id).toSorted((a: number, b: number) => a - b)
        expect(seen).toEqual(ids)
      }
    })
  })

  test('conversations', async () => {
    const { db } = server.fixture.services
    await db.conversation.createMany({ data: ids.map((id) => ({ user_id: user, title: `about ${id}` })) })
    const known = (await db.conversation.findMany({ where: { user_id: user }, orderBy: { id: 'asc' } })).map(
      ({ id }) => id,
    )
    let isDone = false
    const talking = [0, 1].map(async (writer) => {
      for (let turn = writer; !isDone; turn += 2) {
        const where = { user_id: user, id: known[(turn * 7919) % COUNT] ?? 0 }
        await db.conversation.updateMany({ where, data: { updated_at: new Date() } })
      }
    })
    try {
      for (let round = 0; round < 4; round++) {
        const { status, json } = await server.as(user)('GET', `/api/${user}/conversations`)
        expect(status).toBe(200)
        expect(json.map(({ id }: { id: number }) => id).toSorted((a: number, b: number) => a - b)).toEqual(known)
        expect(json[0]).toMatchObject({ user_id: user, title: expect.stringContaining('about') })
        const times = json.map(({ updated_at }: { updated_at: string }) => updated_at)
        expect(times).toEqual(times.toSorted().toReversed())
      }
    } finally {
      isDone = true
      await Promise.all(talking)
    }
  })

  test('filters and search apply to it as well', async () => {
    const { json } = await server.as(user)('GET', `${tasksOf(user)}?status=pending&search=a&sort=title`)
    const all = await server.as(user)('GET', `${tasksOf(user)}?sort=title`)
    expect(json.length).toBeGreaterThan(200)
    type Listed = { completed: boolean; title: string }
    expect(json).toEqual(all.json.filter(({ completed, title }: Listed) => !completed && title.includes('a')))
  })
})

/** A response whose body is not read yet. */
async function startedResponse(target: string, user: string): Promise<IncomingMessage> {
  const authorization = `Bearer ${await signedToken({ sub: user })}`
  return new Promise((resolve) => get(target, { headers: { authorization } }, resolve))
}

async function rest(response: IncomingMessage): Promise<{ text: string; ended: 'whole' | 'destroyed' }> {
  const chunks: Buffer[] = []
  const ended = await new Promise<'whole' | 'destroyed'>((resolve) => {
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('end', () => resolve('whole'))
    response.on('error', () => resolve('destroyed'))
  })
  return { text: Buffer.concat(chunks).toString(), ended }
}
