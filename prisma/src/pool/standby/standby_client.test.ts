import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase, type TestDatabase } from '../../../testing/database.ts'
import { standbyAddress } from '../connection.ts'
import { standbyClient } from './standby_client.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

function clientOf(instance: string) {
  const { servers, config } = standbyAddress(database.url)
  const [server] = servers
  if (server === undefined) throw new Error('no server')
  return new (standbyClient(server, instance))({ ...config, application_name: 'of a standby' })
}

const open = async () =>
  (await database.pool.query(`SELECT FROM pg_stat_activity WHERE application_name = 'of a standby'`)).rowCount

test('a connection is used only while it leads to the instance whose position is known', async () => {
  const { rows } = await database.pool.query<{ instance: string }>(
    'SELECT pg_postmaster_start_time()::text AS instance',
  )
  const client = await clientOf(rows[0]?.instance ?? '').connect()
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await client.end()
  await expect(clientOf('another').connect()).rejects.toMatchObject({ code: 'NO_SERVER' })
  await expect.poll(open).toBe(0)
})
