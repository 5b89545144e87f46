import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { missing } from './debian.ts'
import { noSmallDisk, SmallDisk } from './disk.ts'
import { PostgresServer } from './postgres_servers.ts'

const reason = missing('postgres') ?? (await noSmallDisk())

/** A row of a megabyte that does not compress. */
const MEGABYTE = `SELECT string_agg(md5(random()::text), '') AS text FROM generate_series(1, 32768)`

describe.skipIf(reason)(`a full disk ${reason ?? ''}`, () => {
  test('accepts no more data until it is restored, and leaves nothing behind', async () => {
    const disk = await SmallDisk.start(4)
    await disk.fill()
    await expect(writeFile(join(disk.path, 'one'), 'x')).rejects.toMatchObject({ code: 'ENOSPC' })
    await disk.restore()
    await writeFile(join(disk.path, 'one'), 'x')
    await disk[Symbol.asyncDispose]()
    expect(existsSync(disk.path)).toBe(false)
  })

  test('under the data fails writes with 53100 while reads continue, and writes work again once it is restored', async () => {
    await using disk = await SmallDisk.start(100)
    await using server = await PostgresServer.start({ dataIn: disk.path })
    await server.query(`CREATE TABLE texts AS ${MEGABYTE}`)
    // With the write-ahead log on the same disk PostgreSQL would stop entirely, as the next test shows.
    await server.query('CHECKPOINT')
    await disk.fill()
    await expect(server.query(`INSERT INTO texts ${MEGABYTE}`)).rejects.toMatchObject({ code: '53100' })
    expect(await server.query('SELECT count(*)::int AS count FROM texts')).toEqual([{ count: 1 }])
    await disk.restore()
    await server.query(`INSERT INTO texts ${MEGABYTE}`)
  })

  test('under the write-ahead log stops the server, which recovers everything once the disk is restored', async () => {
    await using disk = await SmallDisk.start(40)
    await using server = await PostgresServer.start({ logIn: disk.path })
    await server.query(`CREATE TABLE texts AS ${MEGABYTE}`)
    await disk.fill()
    let acknowledged = 1
    const writes = async () => {
      for (; acknowledged < 40; acknowledged += 1) await server.query(`INSERT INTO texts ${MEGABYTE}`)
    }
    await expect(writes()).rejects.toThrow()
    expect(server.log()).toContain('No space left on device')
    await disk.restore()
    await server.restart('immediate')
    const [row] = await server.query('SELECT count(*)::int AS count FROM texts')
    // One more row if the response to the last write did not arrive.
    expect([acknowledged, acknowledged + 1]).toContain(row?.['count'])
    await server.query(`INSERT INTO texts ${MEGABYTE}`)
  })
})
