import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase, type TestDatabase } from '../../testing/database.ts'
import { pretendStandby } from '../../testing/pretend_standby.ts'
import { inspectStandbys } from './standbys.ts'

let primary: TestDatabase
beforeAll(async () => {
  primary = await testDatabase()
})
afterAll(() => primary.close())

test('of a standby it is said how far behind it is, and no connection stays open', async () => {
  const standby = await pretendStandby()
  expect(await inspectStandbys(primary.url, standby.url)).toMatchObject([{ behind_bytes: 0, problem: undefined }])
  await standby.setReplaying(false)
  const [late] = await inspectStandbys(primary.url, standby.url)
  expect(late?.problem).toBeUndefined()
  expect(late?.behind_bytes).toBeGreaterThan(1_000_000)
  await expect.poll(() => standby.connections()).toBe(0)
})

test('of one that cannot answer reads it is said why, and nothing about its place in the log', async () => {
  const standby = await pretendStandby()
  await standby.setStandby(false)
  expect(await inspectStandbys(primary.url, standby.url)).toMatchObject([
    { behind_bytes: undefined, problem: 'it is no standby' },
  ])
  expect(await inspectStandbys(primary.url, 'postgresql://u:p@127.0.0.1:1,127.0.0.1:2/db')).toMatchObject([
    { name: '127.0.0.1:1', behind_bytes: undefined, problem: expect.stringContaining('ECONNREFUSED') },
    { name: '127.0.0.1:2', behind_bytes: undefined, problem: expect.stringContaining('ECONNREFUSED') },
  ])
})

test('without a primary nothing can be said', async () => {
  await expect(inspectStandbys('postgresql://u:p@127.0.0.1:1/db', primary.url)).rejects.toMatchObject({
    reason: 'unreachable',
  })
})
