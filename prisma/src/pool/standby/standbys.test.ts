import { freePort } from '@taskwire/faults'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { testDatabase, type TestDatabase } from '../../../testing/database.ts'
import { pretendStandby } from '../../../testing/pretend_standby.ts'
import { openDatabase } from '../database.ts'
import type { ReadPlace } from './read_from_standbys.ts'

let server: TestDatabase
beforeAll(async () => {
  server = await testDatabase()
})
afterAll(() => server.close())

const read = { text: 'SELECT 1 AS one', values: [], mayUseStandby: true }

function readingFrom(readUrl: string) {
  const lines: string[] = []
  const places: ReadPlace[] = []
  const database = openDatabase({
    url: server.url,
    readUrl,
    waitMs: 60_000,
    log: (line) => lines.push(line),
    onRead: (place) => places.push(place),
  })
  onTestFinished(() => database.close())
  return { ...database, lines, places }
}

test('a server that is no standby answers no reads, the primary does, and the log says why', async () => {
  const { sql, lines, places, standbys } = readingFrom(server.url)
  expect(await sql(read)).toEqual([{ one: 1 }])
  await expect.poll(() => lines).toContainEqual(expect.stringContaining('answers no reads: it is no standby'))
  expect(await sql(read)).toEqual([{ one: 1 }])
  expect(places).toEqual(['primary', 'primary'])
  expect(standbys?.count()).toEqual({ used: 0, unused: 1 })
})

test('standbys that cannot be reached leave the reads to the primary', async () => {
  const hosts = [await freePort(), await freePort()].map((port) => `127.0.0.1:${port}`)
  const url = `postgresql://taskwire:secret@${hosts.join(',')}/tasks`
  const { sql, lines, places, standbys } = readingFrom(url)
  expect(await sql(read)).toEqual([{ one: 1 }])
  await expect.poll(() => lines.filter((line) => line.includes('ECONNREFUSED'))).toHaveLength(2)
  expect(places).toEqual(['primary'])
  expect(standbys?.count()).toEqual({ used: 0, unused: 2 })
})

test('what no standby may answer is not counted', async () => {
  const { sql, places } = readingFrom(server.url)
  await sql({ text: 'SELECT 1 AS one', values: [] })
  expect(places).toEqual([])
})

test('a database closes while its standby is being connected to', async () => {
  const database = openDatabase({ url: server.url, readUrl: server.url })
  expect(await database.close()).toBeUndefined()
})

test('a standby that follows answers reads that begin after a write, and everything ends with the database', async () => {
  const standby = await pretendStandby()
  const places: ReadPlace[] = []
  const onRead = (place: ReadPlace) => places.push(place)
  const { sql, standbys, close } = openDatabase({ url: server.url, readUrl: standby.url, waitMs: 60_000, onRead })
  await expect.poll(() => standbys?.count()).toEqual({ used: 1, unused: 0 })
  const at = `SELECT current_setting('search_path') LIKE 'pretended%' AS by_standby`
  expect(await sql({ text: at, values: [], mayUseStandby: true })).toEqual([{ by_standby: true }])
  expect(await sql({ text: at, values: [] })).toEqual([{ by_standby: false }])
  expect(places).toEqual(['standby'])
  await close()
  await expect.poll(() => standby.connections()).toBe(0)
})
