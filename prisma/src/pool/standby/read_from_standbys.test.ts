import { DatabaseError } from 'pg'
import { expect, test } from 'vitest'
import { runForCaller } from '../caller.ts'
import { ConnectionError } from '../error_code.ts'
import type { Sql } from '../sql.ts'
import { readFromStandbys, type ReadPlace } from './read_from_standbys.ts'
import type { Standbys } from './standbys.ts'

const answering =
  (name: string): Sql =>
  () =>
    Promise.resolve([{ name }] as never[])
const failing = (error: Error): Sql =>
  async function failed() {
    throw error
  }

/** Where a read was answered, and what it was told. */
async function read(standby: Sql | undefined, mayUseStandby = true): Promise<{ rows: unknown; places: ReadPlace[] }> {
  const places: ReadPlace[] = []
  const reads = standby && { sql: standby, inFlight: () => 0, abandon: () => {}, close: async () => {} }
  const standbys: Standbys = {
    upToDate: async () => reads,
    count: () => ({ used: 1, unused: 0 }),
    close: async () => {},
  }
  const sql = readFromStandbys(answering('primary'), standbys, (place) => places.push(place))
  const rows = await sql({ text: 'SELECT 1', values: [], mayUseStandby })
  return { rows, places }
}

const cancelled = Object.assign(new DatabaseError('canceling statement', 10, 'error'), { code: '57014' })

test('a read that allows it is answered by the standby, and anything else by the primary', async () => {
  expect(await read(answering('standby'))).toEqual({ rows: [{ name: 'standby' }], places: ['standby'] })
  expect(await read(undefined)).toEqual({ rows: [{ name: 'primary' }], places: ['primary'] })
  expect(await read(answering('standby'), false)).toEqual({ rows: [{ name: 'primary' }], places: [] })
})

test.each([
  ['it lost the connection', new ConnectionError('CONNECTION_LOST', 'lost')],
  ['it is another instance', new ConnectionError('NO_SERVER', 'another')],
  ['its replay cancelled the read', Object.assign(new DatabaseError('conflict', 8, 'error'), { code: '40001' })],
])('a read that the standby fails because %s is repeated on the primary', async (_, error) => {
  expect(await read(failing(error))).toEqual({ rows: [{ name: 'primary' }], places: ['primary'] })
})

test.each([
  ['took as long as its caller waits', new ConnectionError('QUERY_TIMEOUT', 'late')],
  ['is one too many of its user', new ConnectionError('POOL_TIMEOUT', 'too many')],
  ['was cancelled', cancelled],
])('a read that %s is not repeated', async (_, error) => {
  await expect(read(failing(error))).rejects.toBe(error)
})

test('a read whose caller has left is not repeated, whatever the error', async () => {
  const lost = new ConnectionError('CONNECTION_LOST', 'lost')
  const left = AbortSignal.abort()
  await expect(runForCaller({ user_id: 'ann', signal: left }, () => read(failing(lost)))).rejects.toBe(lost)
  const { signal } = new AbortController()
  expect((await runForCaller({ user_id: 'ann', signal }, () => read(failing(lost)))).places).toEqual(['primary'])
})
