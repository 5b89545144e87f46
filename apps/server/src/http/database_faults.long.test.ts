import { migrate } from '@taskwire/db/migrate'
import { missing, noSmallDisk, PgBouncer, PostgresServer, SmallDisk } from '@taskwire/faults'
import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultServer, operationsOf } from '../../testing/fault_server.ts'

// Real servers and poolers, for what an injected error cannot show.

const reason = missing('postgres', 'pgbouncer')
const noDisk = reason ?? (await noSmallDisk())

const statusOf = async (answer: Promise<LightMyRequestResponse>) => (await answer).statusCode

describe.skipIf(reason)(`a PostgreSQL of its own ${reason ?? ''}`, () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await PostgresServer.start()
    await migrate(server.url)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test('while it is frozen short operations give up long before long ones, and it is served again at once', async () => {
    await using app = await faultServer(server.url)
    const { short, reads } = await operationsOf(app, 'ada')
    // A connection of its own could not be opened either.
    await reads.search()
    server.freeze()
    let isLongAnswered = false
    const long = reads.search().finally(() => (isLongAnswered = true))
    const answers = await Promise.all(
      Object.values(short).map(async (ask) => {
        const { statusCode, headers } = await ask()
        return { statusCode, hint: headers['retry-after'] }
      }),
    )
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set([JSON.stringify({ statusCode: 503, hint: '1' })]),
    )
    expect(isLongAnswered).toBe(false)
    expect(await app.ready()).toBe(503)
    server.thaw()
    await expect.poll(() => statusOf(reads.list())).toBe(200)
    await expect.poll(() => statusOf(short.create())).toBe(201)
    // Refused only where this machine took longer than its limit to get here.
    expect([200, 503]).toContain(await statusOf(long))
  })

  test('behind PgBouncer no setting leaks to other clients, and 20 writes at once need 2 connections', async () => {
    await using pooler = await PgBouncer.start({
      url: server.url,
      mode: 'transaction',
      settings: { default_pool_size: 2 },
    })
    await using app = await faultServer(pooler.url)
    const created = Array.from({ length: 20 }, (_, n) =>
      statusOf(app.send('ada', 'POST', '/api/ada/tasks', { title: `${n}` })),
    )
    expect(new Set(await Promise.all(created))).toEqual(new Set([201]))
    const changed = await app.server.database.pool.query(
      `SELECT name FROM pg_settings WHERE source = 'session' AND name NOT IN ('TimeZone', 'DateStyle', 'client_encoding', 'application_name')`,
    )
    expect(changed.rows).toEqual([])
  })

  test('behind PgBouncer in session mode 3 connections serve what they can, and the rest is 503 with Retry-After', async () => {
    await using pooler = await PgBouncer.start({
      url: server.url,
      mode: 'session',
      settings: { default_pool_size: 3, query_wait_timeout: 2 },
    })
    await using app = await faultServer(pooler.url)
    const created = await app.send('ada', 'POST', '/api/ada/tasks', { title: 'first' })
    const { id } = created.json<{ id: number }>()
    for (let round = 0; round < 2; round++) {
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, n) => {
          const user = n % 2 === 0 ? 'ada' : `user-${n}`
          const path = `/api/${user}/tasks`
          if (n % 3 === 0) return app.send(user, 'POST', path, { title: `${n}` })
          return app.send(user, 'GET', n % 3 === 1 ? path : user === 'ada' ? `${path}/${id}` : `${path}?search=t`)
        }),
      )
      const outcomes = answers.map(({ statusCode, headers }) =>
        statusCode === 503 ? `503 ${String(headers['retry-after'])}` : statusCode,
      )
      expect(outcomes.filter((outcome) => ![200, 201, '503 1'].includes(outcome))).toEqual([])
      expect(outcomes.filter((outcome) => outcome !== '503 1').length).toBeGreaterThan(0)
    }
    await expect.poll(() => statusOf(app.send('ada', 'GET', '/api/ada/tasks'))).toBe(200)
  })

  test('behind PgBouncer a caller who leaves is cancelled in PostgreSQL', async () => {
    await using pooler = await PgBouncer.start({ url: server.url, mode: 'transaction' })
    await using app = await faultServer(pooler.url)
    await operationsOf(app, 'ada')
    const url = await app.server.app.listen({ host: '127.0.0.1', port: 0 })
    const headers = { authorization: `Bearer ${await app.token('ada')}` }
    // PostgreSQL shows the first 1,024 bytes of a statement.
    const waiting = async () =>
      (
        await server.query(
          `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%row_to_json(page)%'`,
        )
      ).length
    const blocker = await app.server.database.pool.connect()
    try {
      await blocker.query('BEGIN; LOCK TABLE taskwire.task')
      const leaving = new AbortController()
      const left = fetch(`${url}/api/ada/tasks?search=task`, { headers, signal: leaving.signal }).catch(() => 'left')
      await expect.poll(waiting).toBe(1)
      leaving.abort()
      // Before the lock is released, and before the statement's own time limit.
      // oxlint-disable-next-line taskwire/patient-polls
      await expect.poll(waiting, { timeout: 10_000 }).toBe(0)
      expect(await left).toBe('left')
    } finally {
      await blocker.query('ROLLBACK')
      blocker.release()
    }
  })

  test('behind PgBouncer a database that is away is 503, and comes back with it', async () => {
    await using pooler = await PgBouncer.start({
      url: server.url,
      mode: 'transaction',
      settings: { query_wait_timeout: 2, server_login_retry: 1 },
    })
    await using app = await faultServer(pooler.url)
    const { reads, writes } = await operationsOf(app, 'ada')
    await server.stop('fast')
    for (let round = 0; round < 2; round++) {
      const answers = Object.values({ ...reads, ...writes }).map((ask) => statusOf(ask()))
      expect(new Set(await Promise.all(answers))).toEqual(new Set([503]))
      expect(await app.ready()).toBe(503)
    }
    await server.start()
    await expect.poll(() => statusOf(reads.list())).toBe(200)
  })

  test('on a standby reads go on, writes are 503, and it is not ready until it is promoted', async () => {
    await using standby = await server.standby()
    await using primary = await faultServer(server.url)
    await operationsOf(primary, 'eve')
    await using app = await faultServer(standby.url)
    await expect.poll(() => statusOf(app.send('eve', 'GET', '/api/eve/tasks'))).toBe(200)
    expect(await statusOf(app.send('eve', 'POST', '/api/eve/tasks', { title: 'x' }))).toBe(503)
    expect(await app.ready()).toBe(503)
    await standby.promote()
    await expect.poll(() => app.ready()).toBe(200)
    expect(await statusOf(app.send('eve', 'POST', '/api/eve/tasks', { title: 'x' }))).toBe(201)
  })
})

describe.skipIf(reason)(`a synchronous standby ${reason ?? ''}`, () => {
  test('that does not confirm makes writes 503 and not ready: none is acknowledged that a failover could lose', async () => {
    await using server = await PostgresServer.start()
    await migrate(server.url)
    await using standby = await server.standby({ synchronous: true })
    await using app = await faultServer(server.url)
    const { reads, writes } = await operationsOf(app, 'ada')
    standby.freeze()
    const answers = await Promise.all(Object.values(writes).map((write) => write()))
    expect(answers.map(({ statusCode, headers }) => [statusCode, headers['retry-after']])).toEqual(
      answers.map(() => [503, '1']),
    )
    expect(await app.ready()).toBe(503)
    for (const read of Object.values(reads)) expect(await statusOf(read())).toBe(200)
    standby.thaw()
    await expect.poll(() => app.ready()).toBe(200)
    expect(await statusOf(writes.create())).toBe(201)
  })
})

describe.skipIf(noDisk)(`a full disk ${noDisk ?? ''}`, () => {
  test('is 503 for writes and not ready, reads go on, and both end when there is room again', async () => {
    await using disk = await SmallDisk.start(110)
    await using server = await PostgresServer.start({ dataIn: disk.path })
    await migrate(server.url)
    await using app = await faultServer(server.url)
    await operationsOf(app, 'ada')
    await server.query('CHECKPOINT')
    await disk.fill()
    const description = 'x'.repeat(1000)
    const create = (n: number) => statusOf(app.send('ada', 'POST', '/api/ada/tasks', { title: `${n}`, description }))
    const statuses = await Promise.all(Array.from({ length: 200 }, (_, n) => create(n)))
    expect(new Set(statuses)).toEqual(new Set([201, 503]))
    expect(await app.ready()).toBe(503)
    expect(await statusOf(app.send('ada', 'GET', '/api/ada/tasks'))).toBe(200)
    await disk.restore()
    await expect.poll(() => app.ready()).toBe(200)
    expect(await create(1)).toBe(201)
  })
})
