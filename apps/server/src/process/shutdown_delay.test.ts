import { get } from 'node:http'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from '../../testing/replicas/server_process.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

/** The status of a request on a connection of its own; undefined if it was refused or cut. */
function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    get(url, { agent: false }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode))
    }).on('error', () => resolve(undefined))
  })
}

test('requests are served for SHUTDOWN_DELAY_MS while readiness is off, and then the process exits 0', async () => {
  const server = await startServer({ DATABASE_URL: database.url, SHUTDOWN_DELAY_MS: '3000' })
  await server.ready
  const signalled = performance.now()
  const stopped = server.stop()
  await expect.poll(() => statusOf(`${server.url}/health/ready`)).toBe(503)
  let status: number | undefined
  do {
    // A request that was sent at the very end may be refused.
    status = await statusOf(`${server.url}/health`)
    if (status !== undefined) expect(status).toBe(200)
  } while (status === 200)
  // However slow the machine is, nothing is refused before. Timers may be a millisecond early.
  expect(performance.now() - signalled).toBeGreaterThan(2990)
  expect(await stopped).toBe(0)
  expect(server.errors).toEqual([])
})
