import { TcpProxy } from '@taskwire/faults'
import { expect, inject, onTestFinished, test } from 'vitest'
import { onServer } from '../../../testing/database.ts'
import { pretendStandby, type PretendStandby } from '../../../testing/pretend_standby.ts'
import { standbyAddress } from '../connection.ts'
import type { Sql } from '../sql.ts'
import { openStandby, type Standby, type StandbyOptions } from './standby.ts'
import { openStandbyReads, type StandbyReads } from './standby_reads.ts'
import { primaryFacts, type PrimaryFacts } from './wal_position.ts'

interface Opened extends Standby {
  readonly lines: string[]
  readonly opened: StandbyReads[]
}

/** The facts of the server that the pretended standby is on, over a connection that is not one of the standby's. */
function primary(): Promise<PrimaryFacts> {
  return onServer(inject('databases').server, (client) => {
    const sql: Sql = async ({ text }) => (await client.query(text)).rows
    return primaryFacts(sql)
  })
}

function opened(standby: PretendStandby, options: Partial<StandbyOptions> = {}, url = standby.url): Opened {
  const { servers, config } = standbyAddress(url)
  const [server] = servers
  if (server === undefined) throw new Error('no server')
  const lines: string[] = []
  const reads: StandbyReads[] = []
  const share = { slots: 2, slotsPerUser: 2, queueLength: 10, queueMs: 60_000 }
  const one = openStandby({
    server,
    config: { ...config, connectionTimeoutMillis: 60_000 },
    openReads: (connection) => {
      const its = openStandbyReads({ connection, reads: 1, dedicated: 1, share, waitMs: 60_000 })
      reads.push(its)
      return its
    },
    askPrimary: primary,
    log: (line) => lines.push(line),
    lookMs: 10,
    ...options,
  })
  onTestFinished(() => one.close())
  return { ...one, lines, opened: reads }
}

const usable = (standby: Standby) => expect.poll(() => standby.isUsable()).toBe(true)
const unusable = (standby: Standby) => expect.poll(() => standby.isUsable()).toBe(false)

test('a standby that follows its primary answers reads, from a position that it has reached', async () => {
  const pretended = await pretendStandby()
  const position = await primary()
  const standby = opened(pretended)
  expect(standby.isUsable()).toBe(false)
  expect(await standby.readsAt(position)).toBeUndefined()
  await usable(standby)
  const reads = await standby.readsAt(position)
  expect(await reads?.sql({ text: 'SELECT 1 AS one', values: [] })).toEqual([{ one: 1 }])
  expect(await standby.readsAt({ ...position, history: 'another' })).toBeUndefined()
  expect(standby.lines).toEqual([expect.stringMatching(/^the standby .* answers reads$/)])
})

test('a standby goes on answering reads where its primary has a new history, which it then follows', async () => {
  let history = 'first'
  const standby = opened(await pretendStandby(), { askPrimary: async () => ({ ...(await primary()), history }) })
  await usable(standby)
  const { lsn } = await primary()
  expect(await standby.readsAt({ history, lsn })).toBeDefined()
  history = 'second'
  await expect.poll(() => standby.readsAt({ history, lsn })).toBeDefined()
  expect(await standby.readsAt({ history: 'first', lsn })).toBeUndefined()
})

test('a standby that is late answers none until it has caught up, which is said once', async () => {
  const pretended = await pretendStandby()
  const standby = opened(pretended)
  await usable(standby)
  await pretended.setReplaying(false)
  await unusable(standby)
  const isLate = expect.stringMatching(/answers no reads: it is late$/)
  await expect.poll(() => standby.lines.at(-1)).toEqual(isLate)
  await pretended.setReplaying(true)
  await usable(standby)
  await expect.poll(() => standby.lines).toEqual([expect.stringMatching(/answers reads$/), isLate, standby.lines[0]])
  expect(standby.opened).toHaveLength(1)
})

test('a standby that becomes a primary is left, and what it has not answered is rejected', async () => {
  const pretended = await pretendStandby()
  const standby = opened(pretended)
  await usable(standby)
  const [reads] = standby.opened
  const slow = reads?.sql({ text: 'SELECT pg_sleep(0.5)', values: [] }).catch((error: unknown) => error)
  expect(standby.inFlight()).toBe(1)
  await pretended.setStandby(false)
  expect(await slow).toMatchObject({ code: 'CONNECTION_LOST' })
  await unusable(standby)
  expect(standby.inFlight()).toBe(0)
  await expect.poll(() => standby.lines.at(-1)).toMatch(/answers no reads: it is no standby$/)
  await pretended.setStandby(true)
  await usable(standby)
  expect(standby.opened).toHaveLength(2)
})

test('a standby that is left answers nothing more, and keeps no connection: only looks at it come and go', async () => {
  const pretended = await pretendStandby()
  const standby = opened(pretended, { lookMs: 300 })
  await usable(standby)
  const read = () => standby.opened[0]?.sql({ text: 'SELECT 1', values: [] })
  await read()
  await pretended.setStandby(false)
  await unusable(standby)
  // Its idle connections are closed now, not after the 30 seconds that they may be idle.
  const answer = () => read()?.then(() => 'answered', String)
  await expect.poll(answer).toMatch('Cannot use a pool after calling end')
  await expect.poll(() => pretended.connections()).toBe(0)
})

test('a standby whose connections are lost is followed again, with new ones', async () => {
  const pretended = await pretendStandby()
  const standby = opened(pretended)
  await usable(standby)
  await pretended.cut()
  await expect.poll(() => standby.opened.length).toBe(2)
  await usable(standby)
  const reads = await standby.readsAt(await primary())
  expect(reads).toBe(standby.opened[1])
})

test('a standby of another cluster answers no reads, and the same line is logged once', async () => {
  const pretended = await pretendStandby()
  let asked = 0
  const askPrimary = async () => {
    asked++
    return { ...(await primary()), cluster: '1' }
  }
  const standby = opened(pretended, { askPrimary })
  await expect.poll(() => asked).toBeGreaterThan(3)
  expect(standby.isUsable()).toBe(false)
  expect(standby.lines).toEqual([expect.stringContaining('it belongs to another cluster than DATABASE_URL')])
})

test('a standby stays open while its primary cannot be asked, and the log says so', async () => {
  const pretended = await pretendStandby()
  let isAway = false
  const askPrimary = () => (isAway ? Promise.reject(new Error('no answer')) : primary())
  const standby = opened(pretended, { askPrimary })
  await usable(standby)
  isAway = true
  await expect.poll(() => standby.lines.at(-1)).toMatch(/answers no reads: no primary, no answer$/)
  isAway = false
  await expect.poll(() => standby.lines.at(-1)).toMatch(/answers reads$/)
  expect(standby.opened).toHaveLength(1)
})

test('a standby that is restarted while it is waited for is not read from', async () => {
  const pretended = await pretendStandby()
  await using proxy = await TcpProxy.inFrontOf(pretended.url)
  const standby = opened(pretended, {}, proxy.through(pretended.url))
  await usable(standby)
  const { history, lsn } = await primary()
  const waiting = standby.readsAt({ history, lsn: lsn + 1_000_000_000n })
  proxy.cut('reset')
  expect(await waiting).toBeUndefined()
})

test('closing ends what it has open', async () => {
  const pretended = await pretendStandby()
  const standby = opened(pretended)
  await usable(standby)
  await standby.opened[0]?.sql({ text: 'SELECT 1', values: [] })
  await standby.close()
  expect(standby.isUsable()).toBe(false)
  await expect.poll(() => pretended.connections()).toBe(0)
  const lines = standby.lines.length
  await standby.close()
  expect(standby.lines).toHaveLength(lines)
})
