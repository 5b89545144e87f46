import { Client, DatabaseError } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase, type TestDatabase } from '../../testing/database.ts'
import { connection, leavesUsable, standbyAddress, useUtc } from './connection.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const reported = (severity: string, code: string) =>
  Object.assign(new DatabaseError('what PostgreSQL says', 1, 'error'), { severity, code })

test.each([
  [reported('ERROR', '23505'), true],
  [reported('FEHLER', '23505'), true],
  [reported('ERROR', '57014'), true],
  [reported('FATAL', '57P01'), false],
  [reported('PANIC', 'XX000'), false],
  [reported('ERROR', '0A000'), false],
  [new Error('Connection terminated'), false],
])('after %o a connection is usable: %s', (error, expected) => {
  expect(leavesUsable(error)).toBe(expected)
})

test('a session has UTC and ISO dates before it is used, and one that cannot is refused', async () => {
  const client = new Client({ ...connection(database.url), options: '-c TimeZone=Asia/Tokyo -c DateStyle=SQL,DMY' })
  await client.connect()
  await new Promise<void>((resolve, reject) => useUtc(client, (error) => (error ? reject(error) : resolve())))
  const { rows } = await client.query(
    `SELECT current_setting('TimeZone') AS zone, current_setting('DateStyle') AS style`,
  )
  expect(rows).toEqual([{ zone: 'UTC', style: 'ISO, MDY' }])
  await client.end()
  const error = await new Promise((resolve) => useUtc(client, resolve))
  expect(error).toBeInstanceOf(Error)
})

test('connections are named, kept alive, and given up after three seconds', () => {
  expect(connection('postgresql://u:p@a/db')).toMatchObject({
    Client,
    application_name: 'taskwire',
    connectionTimeoutMillis: 3000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  })
})

test('one host that may be of any kind is connected to directly, others are looked for', () => {
  expect(connection('postgresql://u:p@a/db?target_session_attrs=any').Client).toBe(Client)
  expect(connection('postgresql://u:p@a/db?target_session_attrs=primary').Client).not.toBe(Client)
  expect(connection('postgresql://u:p@a,b/db').Client).not.toBe(Client)
})

test.each([
  ['sslmode=allow', 'sslmode=prefer&uselibpqcompat=true'],
  ['sslmode=prefer', 'sslmode=prefer&uselibpqcompat=true'],
  ['sslmode=verify-ca', 'sslmode=verify-ca&uselibpqcompat=true'],
  ['sslmode=no-verify', 'sslmode=no-verify'],
  ['sslrootcert=system', 'sslmode=verify-full'],
  ['sslmode=require&sslrootcert=system', 'sslmode=verify-full'],
])('%s is %s to the driver', (given, expected) => {
  const { connectionString } = connection(`postgresql://u:p@a/db?${given}`)
  expect(connectionString).toBe(`postgresql://u:p@a/db?${expected}`)
})

test('the hosts of standbys are servers of their own, with one login and its settings', () => {
  const { servers, config } = standbyAddress('postgresql://u:p@a:1,b:2/db?sslmode=require')
  expect(servers).toEqual([
    { host: 'a', port: 1 },
    { host: 'b', port: 2 },
  ])
  expect(config.connectionString).toBe('postgresql://u:p@localhost/db?sslmode=require&uselibpqcompat=true')
})
