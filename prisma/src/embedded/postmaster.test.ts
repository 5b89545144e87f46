import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { InstanceDir } from './instance_dir.ts'
import { endpointFor, recordedPostmaster } from './postmaster.ts'
import { settings } from './settings.ts'

async function instance(path = ''): Promise<InstanceDir> {
  const root = await mkdtemp(join(tmpdir(), 'tw-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const directory = join(root, path)
  await mkdir(join(directory, 'data'), { recursive: true })
  return { directory, data: join(directory, 'data'), binaries: '/usr/bin', account: undefined }
}

const record = ({ data }: InstanceDir, text: string) => writeFile(join(data, 'postmaster.pid'), text)

test('the process and the port of a server are those that it has recorded', async () => {
  const at = await instance()
  expect(recordedPostmaster(at)).toBeUndefined()
  await record(at, '4321\n/data\n1700000000\n5433\n..\n')
  expect(recordedPostmaster(at)).toEqual({ pid: 4321, port: 5433 })
})

test('a server listens on a socket beside its data where the path fits into an address', async () => {
  const at = await instance()
  expect(await endpointFor(at, 7777)).toEqual({ host: at.directory, port: 5432 })
})

test('where it does not, it listens on loopback: on the port it is told, had before, or finds', async () => {
  const root = await instance()
  const length = (path: string) => Buffer.byteLength(join(path, '.s.PGSQL.5432'))
  const fits = await instance('x'.repeat(103 - length(root.directory) - 1))
  expect(length(fits.directory)).toBe(103)
  expect((await endpointFor(fits)).host).toBe(fits.directory)
  const long = await instance('x'.repeat(104 - length(root.directory) - 1))
  const { host, port } = await endpointFor(long)
  expect(host).toBe('127.0.0.1')
  expect(port).toBeGreaterThan(0)
  await record(long, '4321\n/data\n1700000000\n5433\n..\n')
  expect(await endpointFor(long)).toEqual({ host, port: 5433 })
  expect(await endpointFor(long, 7777)).toEqual({ host, port: 7777 })
})

test('only tests run it without durability', () => {
  expect(settings({ durable: true })).not.toHaveProperty('fsync')
  expect(settings({ durable: true })).not.toHaveProperty('synchronous_commit')
  expect(settings({ durable: true })).not.toHaveProperty('full_page_writes')
  expect(settings({ durable: false })).toMatchObject({ fsync: 'off' })
})

test('it limits statements and idle transactions, and its log has no statement and no value', () => {
  expect(settings({ durable: true })).toMatchObject({
    max_connections: '200',
    statement_timeout: '15s',
    idle_in_transaction_session_timeout: '60s',
    timezone: 'UTC',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
  })
})
