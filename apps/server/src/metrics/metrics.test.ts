import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import parse from 'parse-prometheus-text-format'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { request, signUp, type Person } from '../../testing/backup/person.ts'
import { taskwireVersion } from '../config/version.ts'
import { startServer, type ServerProcess } from '../../testing/compatibility/server_process.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..', '..')
let database: TestDatabase
let server: ServerProcess
let person: Person

beforeAll(async () => {
  database = await testDatabase()
  server = await startServer(ROOT, '/nonexistent', {
    DATABASE_URL: database.url,
    DATABASE_READ_URL: database.url,
    BETTER_AUTH_SECRET: 'a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5',
    ADMIN_PORT: '0',
  })
  person = await signUp(server.url)
})
afterAll(async () => {
  await server.stop()
  await database.close()
})

function adminUrl(): string {
  return /metrics (http:\S+)\/metrics/.exec(server.output())?.[1] ?? ''
}

interface Scraped {
  readonly text: string
  /** The type of each series, as a parser of the format reads it. */
  readonly types: ReadonlyMap<string, string>
}

async function scrape(): Promise<Scraped> {
  const response = await fetch(`${adminUrl()}/metrics`)
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const text = await response.text()
  return { text, types: new Map(parse(text).map(({ name, type }) => [name, type])) }
}

/** The value of the sample with these labels; 0 if there is none. The parser drops the labels of histograms. */
function valueOf({ text }: Scraped, name: string, labels: Record<string, string>): number {
  const samples = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  const found = samples.find((line) => wanted.every((label) => line.includes(label)))
  return Number(found?.slice(found.lastIndexOf(' ')) ?? 0)
}

test('requests, statements, connections and sign-ins appear under their documented names', async () => {
  const { key: token, id } = person
  await request(`${server.url}/trpc/task.list`, { token })
  await request(`${server.url}/trpc/task.list,task.counts?batch=1&input={}`, { token })
  await request(`${server.url}/trpc/no.such`, { token })
  await request(`${server.url}/some/path/of/nobody`)
  await request(`${server.url}/api/auth/sign-in/email`, {
    method: 'POST',
    body: { email: 'ann@example.com', password: 'wrong one!' },
  })
  await request(`${server.url}/api/${id}/tasks`, { token })

  const scraped = await scrape()
  const requests = 'taskwire_http_request_duration_seconds'
  expect(scraped.types.get(requests)).toBe('HISTOGRAM')
  expect(
    valueOf(scraped, `${requests}_count`, {
      route: '/trpc/task.list',
      method: 'GET',
      status: '200',
      transport: 'trpc',
    }),
  ).toBe(1)
  expect(valueOf(scraped, `${requests}_count`, { route: '/trpc/batch', status: '200', transport: 'trpc' })).toBe(1)
  expect(valueOf(scraped, `${requests}_count`, { route: 'unknown', status: '404' })).toBeGreaterThanOrEqual(1)
  expect(
    valueOf(scraped, `${requests}_count`, { route: '/api/:user_id/tasks', method: 'GET', transport: 'rest' }),
  ).toBe(1)
  expect(valueOf(scraped, 'taskwire_sign_ins_total', { result: 'failed' })).toBe(1)
  expect(
    valueOf(scraped, 'taskwire_db_statement_duration_seconds_count', { statement: 'task_page' }),
  ).toBeGreaterThanOrEqual(2)
  expect(valueOf(scraped, 'taskwire_db_statement_duration_seconds_count', { statement: 'prisma' })).toBeGreaterThan(0)
  expect(valueOf(scraped, 'taskwire_db_connections', { state: 'idle' })).toBeGreaterThan(0)
  // It is no standby.
  expect(valueOf(scraped, 'taskwire_db_standbys', { state: 'unused' })).toBe(1)
  expect(valueOf(scraped, 'taskwire_db_reads_total', { place: 'primary' })).toBeGreaterThanOrEqual(3)
  const { version }: { version: string } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  expect(valueOf(scraped, 'taskwire_build_info', { version })).toBe(1)
  for (const name of [
    'taskwire_event_streams',
    'taskwire_webhook_lag_changes',
    'nodejs_eventloop_lag_seconds',
    'nodejs_heap_size_used_bytes',
  ]) {
    expect(scraped.types.get(name), name).toBe('GAUGE')
  }
})

test('no label contains a user, a title, a token, an address or a path that somebody made up', async () => {
  const { key: token, id } = person
  await request(`${server.url}/api/${id}/tasks`, { token, method: 'POST', body: { title: 'a secret title' } })
  await request(`${server.url}/trpc/made.up,${id}?batch=1`, { token })
  await request(`${server.url}/api/someone-else/tasks`, { token })
  const text = await (await fetch(`${adminUrl()}/metrics`)).text()
  for (const secret of [id, token, 'secret', 'ann', 'example.com', '127.0.0.1', 'made', 'someone']) {
    expect(text.split('\n').filter((line) => line.includes(`"`) && line.includes(secret))).toEqual([])
  }
})

test('open event streams are counted, and health is answered on this port too, with the version', async () => {
  const opened = new AbortController()
  const headers = { authorization: `Bearer ${person.key}` }
  await fetch(`${server.url}/api/${person.id}/events`, { headers, signal: opened.signal })
  expect(valueOf(await scrape(), 'taskwire_event_streams', {})).toBe(1)
  opened.abort()
  expect(await request(`${adminUrl()}/health`)).toEqual({
    status: 200,
    json: { status: 'healthy', service: 'todo-backend', version: taskwireVersion() },
  })
  expect(await request(`${adminUrl()}/health/ready`)).toEqual({ status: 200, json: { status: 'ready' } })
  expect(await request(`${adminUrl()}/other`)).toMatchObject({ status: 404 })
  expect(await request(`${adminUrl()}/metrics`, { method: 'POST' })).toMatchObject({ status: 405 })
  expect(await request(`${server.url}/metrics`)).toMatchObject({ status: 404 })
})
