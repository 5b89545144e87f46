import { randomInt } from 'node:crypto'
import { missing, PostgresServer, trialsOfRun, until } from '@taskwire/faults'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readBack, type Reading, reading, table, usesStandby, write } from '../../../testing/standby_reads.ts'

const CHECKS = trialsOfRun(2000)
const reason = missing('postgres')

describe.skipIf(reason)(`reads from a standby ${reason ?? ''}`, () => {
  let primary: PostgresServer
  let standby: PostgresServer
  beforeAll(async () => {
    // A read that holds up the replay is cancelled at once.
    primary = await PostgresServer.start({ settings: { max_standby_streaming_delay: '0' } })
    standby = await primary.standby()
    await primary.query(table)
  })
  afterAll(async () => {
    await standby?.[Symbol.asyncDispose]()
    await primary?.[Symbol.asyncDispose]()
  })

  test(`show every write that was acknowledged before, through another process too: ${CHECKS} checks`, async () => {
    const processes = [reading(primary.url, standby.url), reading(primary.url, standby.url)]
    const any = () => processes[randomInt(processes.length)] ?? reading(primary.url, standby.url)
    await Promise.all(processes.map((one) => usesStandby(one)))
    const stale: string[] = []
    const check = async (user_id: string) => {
      const written = await write(any(), user_id)
      const read = await readBack(any(), user_id, randomInt(2) === 0 ? 'reads' : undefined)
      if (read < written) stale.push(`${user_id}: ${read} after ${written}`)
    }
    const users = Array.from({ length: 20 }, (_, n) => `user ${n}`)
    const each = async (user_id: string) => {
      for (let n = 0; n < CHECKS / users.length; n++) await check(user_id)
    }
    await Promise.all(users.map(each))
    const byStandby = processes.flatMap(({ places }) => places).filter((at) => at === 'standby').length
    console.info(`${CHECKS} checks, ${byStandby} of them by the standby, ${stale.length} stale`)
    expect(stale).toEqual([])
    expect(byStandby).toBeGreaterThan(0)
  })

  test('are answered by the primary while the standby does not replay, and show what was written', async () => {
    const database = reading(primary.url, standby.url)
    await usesStandby(database)
    await standby.query('SELECT pg_wal_replay_pause()')
    try {
      const written = await write(database, 'paused')
      expect(await readBack(database, 'paused')).toBe(written)
      expect(database.places.at(-1)).toBe('primary')
      await until('the log says so', () => database.lines.some((line) => line.endsWith('answers no reads: it is late')))
      expect(database.standbys?.count()).toEqual({ used: 0, unused: 1 })
    } finally {
      await standby.query('SELECT pg_wal_replay_resume()')
    }
    await usesStandby(database)
    await until('the log says so', () => database.lines.at(-1)?.endsWith('answers reads') === true)
  })

  test('that a standby cancels for the sake of its replay are repeated on the primary', async () => {
    await primary.query('CREATE TABLE emptied (n int)')
    const database = reading(primary.url, standby.url)
    await usesStandby(database)
    const text = `SELECT pg_is_in_recovery() AS by_standby, (SELECT count(*) FROM emptied),
      CASE WHEN pg_is_in_recovery() THEN pg_sleep(600) END`
    const read = database.sql<{ by_standby: boolean }>({ text, values: [], mayUseStandby: true })
    const reads = `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%sleep(600)%' AND wait_event = 'PgSleep'`
    await until('the read runs', async () => (await standby.query(reads)).length === 1)
    await primary.query('TRUNCATE emptied')
    expect(await read).toMatchObject([{ by_standby: false }])
    expect(database.places.at(-1)).toBe('primary')
  })

  test('do not fail when the standby stops, is killed or hangs, and use it again once it is back', async () => {
    const database = reading(primary.url, standby.url)
    for (const fault of ['fast', 'kill', 'freeze'] as const) {
      await usesStandby(database)
      const answers = callersOf(database)
      if (fault === 'freeze') standby.freeze()
      else await standby.stop(fault)
      await until('the primary answers', () => database.places.at(-1) === 'primary')
      expect(await answers.end()).toEqual([])
      const written = await write(database, fault)
      expect(await readBack(database, fault)).toBe(written)
      if (fault === 'freeze') standby.thaw()
      else await standby.start()
    }
    await usesStandby(database)
  })
})

/** Reads without a pause from a few callers until `end`, which resolves to the errors. */
function callersOf({ isByStandby }: Reading) {
  const errors: string[] = []
  let hasEnded = false
  const caller = async () => {
    while (!hasEnded) await isByStandby().catch((error: unknown) => errors.push(String(error)))
  }
  const callers = Promise.all(Array.from({ length: 4 }, caller))
  return {
    async end() {
      hasEnded = true
      await callers
      return errors
    },
  }
}
