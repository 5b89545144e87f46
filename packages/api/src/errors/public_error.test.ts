import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { openDatabase } from '@taskwire/db'
import { TRPCError } from '@trpc/server'
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { Services } from '../core/services.ts'
import { publicError } from './public_error.ts'
import { newUser, apiErrorOf, testServices } from '../../testing/services.ts'

const api = await testServices()
afterAll(api.close)

/** A caller with the test's services, some of them replaced. */
function callerWith(services: Partial<Services>) {
  return api.caller(newUser(), { services: { ...api.services, ...services }, request_id: 'req-7' })
}

/** A server that accepts connections and never answers. */
async function silentServer() {
  const accepted: Socket[] = []
  const server = createServer((socket) => accepted.push(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const close = () => {
    for (const socket of accepted) socket.destroy()
    return server.close()
  }
  return { port: address.port, close }
}

/** A port without a listener. */
async function closedPort(): Promise<number> {
  const { port, close } = await silentServer()
  await once(close(), 'close')
  return port
}

describe('an unavailable database', () => {
  test("is reported on the hot path and through Prisma, without the driver's text", async () => {
    const { db, sql, close } = openDatabase({ url: `postgresql://nobody:secret@127.0.0.1:${await closedPort()}/none` })
    const { task, change } = callerWith({ db, sql })
    for (const call of [
      () => task.get({ task_id: 1 }),
      () => task.create({ title: 'a' }),
      () => change.list({}),
      () => change.undo({ seq: 1 }),
    ]) {
      const logged = api.logged.length
      const error = await apiErrorOf(call())
      expect(error).toMatchObject({
        reason: 'database_unavailable',
        status: 503,
        message: 'The database does not answer',
      })
      expect(error.details).toEqual({ retry_after: 1 })
      expect(api.logged.slice(logged)).toMatchObject([{ details: { request_id: 'req-7' } }])
    }
    await close()
  })

  test('is also one that accepts connections and never answers', async () => {
    const silent = await silentServer()
    const { db, sql, close } = openDatabase({ url: `postgresql://u:p@127.0.0.1:${silent.port}/none`, waitMs: 500 })
    const { task } = callerWith({ db, sql })
    const calls = [task.get({ task_id: 1 }), task.create({ title: 'a' }), task.list({ search: 'a' })]
    for (const error of await Promise.all(calls.map(apiErrorOf))) {
      expect(error).toMatchObject({ reason: 'database_unavailable', status: 503 })
    }
    await close()
    silent.close()
  })

  test('is also one that closes a connection in the middle of a statement', async () => {
    const { sql } = api.services
    const cut: Services['sql'] = () => sql({ text: 'SELECT pg_terminate_backend(pg_backend_pid())', values: [] })
    const { task } = callerWith({ sql: cut })
    expect(await apiErrorOf(task.get({ task_id: 1 }))).toMatchObject({ reason: 'database_unavailable' })
  })
})

describe('an overloaded database', () => {
  test('is one without a free connection in time', async () => {
    const { db, sql, pool, close } = openDatabase({ url: api.database.url, poolMax: 1, waitMs: 500 })
    // To be connected anew may take a busy machine longer than a caller of this pool waits.
    const taken = await vi.waitFor(() => pool.connect(), 60_000)
    const { task, change } = callerWith({ db, sql })
    const errors = await Promise.all([task.list({}), change.undo({ seq: 1 })].map(apiErrorOf))
    taken.release()
    for (const error of errors) {
      expect(error).toMatchObject({ reason: 'overloaded', status: 503, details: { retry_after: 1 } })
    }
    await close()
  })

  test('is one whose statement takes too long', async () => {
    const client = await api.database.pool.connect()
    const slow: Services['sql'] = async () => {
      await client.query(`SET statement_timeout = 20`)
      return client.query('SELECT pg_sleep(5)').then(({ rows }) => rows)
    }
    const { task } = callerWith({ sql: slow })
    expect(await apiErrorOf(task.get({ task_id: 1 }))).toMatchObject({ reason: 'overloaded' })
    client.release(true)
  })
})

describe('an unexpected error', () => {
  test('is published as an internal error without its text, and logged with its cause', async () => {
    const { sql } = api.services
    const wrong: Services['sql'] = () => sql({ text: 'SELECT secret_column FROM taskwire.task', values: [] })
    const { task } = callerWith({ sql: wrong })
    const logged = api.logged.length
    const error = await apiErrorOf(task.get({ task_id: 1 }))
    expect(error).toMatchObject({ reason: 'internal_error', status: 500, message: 'Internal server error' })
    expect(error.details).toEqual({})
    expect(api.logged.slice(logged)).toMatchObject([
      {
        message: 'Internal server error',
        details: {
          operation: 'task.get',
          request_id: 'req-7',
          err: { message: expect.stringContaining('secret_column') },
        },
      },
    ])
  })

  test('from the output schema is an internal error, not an invalid input', async () => {
    const odd: Services['sql'] = async <Row>() => [{ task: { id: 'seven' } }] as Row[]
    const { reason, details } = await apiErrorOf(callerWith({ sql: odd }).task.get({ task_id: 1 }))
    expect([reason, details]).toEqual(['internal_error', {}])
  })

  test.each([
    'text',
    undefined,
    null,
    7,
    {},
    new Error('secret'),
    new TRPCError({ code: 'TIMEOUT', message: 'secret' }),
  ])('reveals nothing of a thrown %s', (thrown) => {
    expect(publicError(thrown)).toMatchObject({
      reason: 'internal_error',
      message: 'Internal server error',
      details: {},
    })
  })
})

test("tRPC's own errors are mapped to our codes and messages", () => {
  for (const [code, reason] of [
    ['PARSE_ERROR', 'malformed_json'],
    ['NOT_FOUND', 'not_found'],
    ['METHOD_NOT_SUPPORTED', 'method_not_allowed'],
    ['PAYLOAD_TOO_LARGE', 'payload_too_large'],
    ['UNSUPPORTED_MEDIA_TYPE', 'unsupported_media_type'],
    ['BAD_REQUEST', 'validation_failed'],
  ] as const) {
    expect(publicError(new TRPCError({ code, message: 'inner text' }))).toMatchObject({
      reason,
      message: expect.not.stringContaining('inner'),
    })
  }
})
