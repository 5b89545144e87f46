import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { faultServer, type FaultServer } from '../../testing/fault_server.ts'

let database: TestDatabase
let app: FaultServer
let url: string
beforeAll(async () => {
  database = await testDatabase()
  // On a busy machine those that wait for one of the user's connections would be refused before they leave.
  app = await faultServer(database.url, { waitMs: 60_000 })
  url = await app.server.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await app[Symbol.asyncDispose]()
  await database.close()
})

/** Statements that wait for the lock. */
async function waiting(): Promise<number | null> {
  const { rowCount } = await database.pool.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  )
  return rowCount
}

/** Runs `work` while every statement on `table` waits. */
async function whileLocked(table: string, work: () => Promise<void>): Promise<void> {
  const client = await database.pool.connect()
  await client.query(`BEGIN; LOCK TABLE taskwire.${table}`)
  try {
    await work()
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
}

const input = encodeURIComponent(JSON.stringify({ search: 'x' }))
const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'list_tasks', arguments: { search: 'x' } } }
const mcp = {
  method: 'POST',
  body: JSON.stringify(call),
  headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
}

test.each<[string, string, string, RequestInit]>([
  ['a search over REST', 'task', '/api/ada/tasks?search=x', {}],
  ['the changes', 'change', '/api/ada/changes?since=0', {}],
  ['a history, which Prisma reads', 'change', '/api/ada/tasks/1/history', {}],
  ['the conversations', 'conversation', '/api/ada/conversations', {}],
  ['a search over tRPC', 'task', `/trpc/task.list?input=${input}`, {}],
  ['a search over MCP', 'task', '/mcp', mcp],
])('a caller who leaves is cancelled in PostgreSQL: %s', async (_, table, path, { headers, ...init }) => {
  const authorization = `Bearer ${await app.token('ada')}`
  await whileLocked(table, async () => {
    const leaving = new AbortController()
    const request = { ...init, headers: { ...Object(headers), authorization }, signal: leaving.signal }
    const left = Array.from({ length: 10 }, () => fetch(`${url}${path}`, request).catch(() => 'left'))
    // The others wait for one of the user's connections.
    await expect.poll(waiting).toBe(3)
    leaving.abort()
    // Long before the statement's own time limit of 15 s.
    // oxlint-disable-next-line taskwire/patient-polls
    await expect.poll(waiting, { timeout: 10_000 }).toBe(0)
    expect(new Set(await Promise.all(left))).toEqual(new Set(['left']))
  })
  const after = await app.send('ada', 'GET', '/api/ada/tasks?search=x')
  expect(after.statusCode).toBe(200)
})
