import { POSTGRES_ERRORS, TcpProxy } from '@taskwire/faults'
import type { PoolClient } from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { testDatabase, type TestDatabase } from '../../testing/database.ts'
import { openDatabase } from './database.ts'

let server: TestDatabase
beforeAll(async () => {
  server = await testDatabase()
})
afterAll(() => server.close())

/** A database with one open connection, on which a trial write fails as it is told. */
async function opened(proxy: TcpProxy) {
  const database = openDatabase({ url: proxy.through(server.url), poolMax: 1, waitMs: 60_000 })
  onTestFinished(() => database.close())
  const clients: PoolClient[] = []
  database.pool.on('connect', (client) => clients.push(client))
  await database.pool.query('SELECT 1')
  const [client] = clients
  if (client === undefined) throw new Error('no connection')
  const notice = (routine: string) => client.emit('notice', { routine })
  return { ...database, notice }
}

const TRIAL = { matching: /taskwire_probe/, times: Infinity }

test('a commit that no standby has confirmed makes the next question try a write, and no other notice does', async () => {
  await using proxy = await TcpProxy.inFrontOf(server.url)
  const { isWritable, notice } = await opened(proxy)
  const trial = proxy.inject({ ...POSTGRES_ERRORS.disk_full, ...TRIAL })
  notice('RangeVarCallbackForDropRelation')
  expect(await isWritable()).toBe(true)
  expect(trial.hits).toBe(0)
  notice('SyncRepWaitForLSN')
  expect(await isWritable()).toBe(false)
  expect(trial.hits).toBe(1)
})

test('a trial write that succeeds ends the doubt, until the next one', async () => {
  await using proxy = await TcpProxy.inFrontOf(server.url)
  const { isWritable, notice } = await opened(proxy)
  notice('SyncRepWaitForLSN')
  expect(await isWritable()).toBe(true)
  const trial = proxy.inject({ ...POSTGRES_ERRORS.disk_full, ...TRIAL })
  expect(await isWritable()).toBe(true)
  expect(trial.hits).toBe(0)
  notice('SyncRepWaitForLSN')
  expect(await isWritable()).toBe(false)
})

test('those who ask at once share one trial write', async () => {
  await using proxy = await TcpProxy.inFrontOf(server.url)
  const { isWritable, notice } = await opened(proxy)
  notice('SyncRepWaitForLSN')
  const trial = proxy.inject({ ...POSTGRES_ERRORS.disk_full, ...TRIAL })
  expect(await Promise.all([isWritable(), isWritable(), isWritable()])).toEqual([false, false, false])
  expect(trial.hits).toBe(1)
})

test('where a trial write fails in a way that says nothing about writes, the question fails', async () => {
  await using proxy = await TcpProxy.inFrontOf(server.url)
  const { isWritable, notice } = await opened(proxy)
  notice('SyncRepWaitForLSN')
  proxy.inject({ severity: 'ERROR', code: 'XX000', message: 'broken', ...TRIAL })
  await expect(isWritable()).rejects.toMatchObject({ code: 'XX000' })
})
