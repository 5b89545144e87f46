import { missing, PostgresServer, until } from '@taskwire/faults'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readBack, reading, table, usesStandby, write } from '../../../testing/standby_reads.ts'

const reason = missing('postgres')

async function started(): Promise<PostgresServer> {
  const server = await PostgresServer.start()
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

async function standbyOf(primary: PostgresServer): Promise<PostgresServer> {
  const standby = await primary.standby()
  onTestFinished(() => standby[Symbol.asyncDispose]())
  return standby
}

/** Of an ordinary role, with all these servers. */
function urlOf(...servers: PostgresServer[]): string {
  return `postgresql://serving:secret@${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}/postgres`
}

describe.skipIf(reason)(`reads after a failover ${reason ?? ''}`, () => {
  test('come from no standby that is promoted beside its primary', async () => {
    const primary = await started()
    const standby = await standbyOf(primary)
    await primary.query(table)
    const database = reading(primary.url, standby.url)
    await usesStandby(database)
    await standby.promote()
    await until('the log says so', () => database.lines.at(-1)?.endsWith('it is no standby') === true)
    await standby.query(`INSERT INTO register VALUES ('promoted', 1)`)
    expect(await readBack(database, 'promoted')).toBe(0)
  })

  test('come from no standby that has more than the one that was promoted', async () => {
    const primary = await started()
    const [ahead, promoted] = [await standbyOf(primary), await standbyOf(primary)]
    await primary.query(table)
    const hosts = `127.0.0.1:${primary.port},127.0.0.1:${promoted.port}`
    const several = primary.url.replace(`127.0.0.1:${primary.port}`, hosts)
    const database = reading(`${several}?target_session_attrs=read-write`, ahead.url)
    await usesStandby(database)
    await promoted.stop('fast')
    // More than the new primary soon writes.
    await primary.query(`INSERT INTO register SELECT 'lost ' || n, 1 FROM generate_series(1, 10000) n`)
    await until('the standby shows it', async () => (await ahead.query('SELECT 1 FROM register LIMIT 1')).length === 1)
    await primary.stop('kill')
    await promoted.start()
    await promoted.promote()
    await until('a write succeeds', () => write(database, 'next').catch(() => false))
    expect(await readBack(database, 'next')).toBeGreaterThan(0)
    expect(await readBack(database, 'lost 1')).toBe(0)
    expect(await ahead.query(`SELECT n FROM register WHERE user_id = 'lost 1'`)).toEqual([{ n: 1 }])
    await until('the log says so', () =>
      database.lines.some((line) => line.includes('it has timeline 1 and the primary 2')),
    )
    expect(await database.isByStandby()).toBe(false)
  })

  test('come from a standby again that follows the new primary', async () => {
    const primary = await started()
    const [following, promoted] = [await standbyOf(primary), await standbyOf(primary)]
    await primary.query(table)
    const hosts = `127.0.0.1:${primary.port},127.0.0.1:${promoted.port}`
    const several = primary.url.replace(`127.0.0.1:${primary.port}`, hosts)
    const database = reading(`${several}?target_session_attrs=read-write`, following.url)
    await usesStandby(database)
    await primary.stop('fast')
    await promoted.promote()
    const [row] = await following.query('SHOW primary_conninfo')
    const source = String(row?.['primary_conninfo']).replace(`port=${primary.port}`, `port=${promoted.port}`)
    await following.configure({ primary_conninfo: source })
    await until('a write succeeds', () => write(database, 'next').catch(() => false))
    const replayed = `SELECT 1 FROM register WHERE user_id = 'next'`
    await until('it is replayed', async () => (await following.query(replayed)).length === 1)
    await promoted.query('CHECKPOINT')
    const checkpoint = async () => {
      await following.query('CHECKPOINT')
      return database.isByStandby()
    }
    await until('the standby answers', checkpoint)
    const written = await write(database, 'next')
    expect(await readBack(database, 'next')).toBe(written)
  })

  test('come from no standby of another cluster', async () => {
    const [primary, other] = [await started(), await started()]
    const standby = await standbyOf(other)
    const database = reading(primary.url, standby.url)
    await until('the log says so', () => database.lines.some((line) => line.includes('another cluster')))
    expect(await database.isByStandby()).toBe(false)
  })

  test('come from the next standby where the first of two is gone, for an ordinary role', async () => {
    const primary = await started()
    const [first, second] = [await standbyOf(primary), await standbyOf(primary)]
    await primary.query(`CREATE ROLE serving LOGIN PASSWORD 'secret'`)
    const database = reading(urlOf(primary), urlOf(first, second))
    await until('both are used', () => database.standbys?.count().used === 2)
    await first.stop('kill')
    await until('one is used', () => database.standbys?.count().used === 1)
    expect(await database.isByStandby()).toBe(true)
  })
})
