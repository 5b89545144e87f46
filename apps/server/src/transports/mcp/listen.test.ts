import { rateLimit } from '@taskwire/api'
import { newUser } from '@taskwire/api/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  listenRequest,
  NO_TASKS_KEY,
  READ_KEY,
  testMcpServer,
  tokenOf,
  type TestMcpServer,
} from '../../../testing/mcp_server.ts'

let mcp: TestMcpServer
beforeAll(async () => {
  mcp = await testMcpServer()
})
afterAll(() => mcp.close())

/** The response to a request for updates; its stream is ended at once. */
async function listen(token: string) {
  const left = new AbortController()
  const request = listenRequest(token, { resourceSubscriptions: ['taskwire://tasks/1'] })
  const response = await fetch(mcp.url, { ...request, signal: left.signal })
  const body: unknown = response.status === 200 ? undefined : await response.json()
  left.abort()
  await expect.poll(() => mcp.fixture.services.feed.subscriptions()).toBe(0)
  return { status: response.status, body }
}

test('updates are for those who may read tasks', async () => {
  expect(await listen(READ_KEY)).toMatchObject({ status: 200 })
  expect(await listen(NO_TASKS_KEY)).toMatchObject({ status: 403, body: { code: 'scope_insufficient' } })
})

test('a stream of updates counts as a call', async () => {
  Object.assign(mcp.fixture.services, { calls: rateLimit({ limit: 1, clock: () => 0 }) })
  const token = await tokenOf(newUser())
  expect(await listen(token)).toMatchObject({ status: 200 })
  expect(await listen(token)).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
  Object.assign(mcp.fixture.services, { calls: undefined })
})
