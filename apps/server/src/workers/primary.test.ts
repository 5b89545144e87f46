import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { envFrom } from '../config/env.ts'
import { createCleanup } from '../process/shutdown.ts'
import { servePrimary } from './primary.ts'

const program = fileURLToPath(new URL('../../testing/scripted_worker.ts', import.meta.url))
const [, ownProgram = ''] = process.argv

let database: TestDatabase
let directory: string
beforeAll(async () => {
  database = await testDatabase()
  directory = mkdtempSync(join(tmpdir(), 'taskwire-primary-'))
})
afterAll(async () => {
  await database.close()
  rmSync(directory, { recursive: true })
})
beforeEach(() => void (process.argv[1] = program))
afterEach(() => {
  process.argv[1] = ownProgram
  vi.unstubAllEnvs()
})

const settings = () =>
  envFrom({
    PORT: '0',
    ADMIN_PORT: '0',
    WORKERS: '2',
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.url,
    TASKWIRE_DATA_DIR: join(directory, 'data'),
    SHUTDOWN_DELAY_MS: '20',
  })

test('a primary gives its connections to workers, and stops after them', async () => {
  const messages = join(directory, 'messages')
  vi.stubEnv('MESSAGES', messages)
  const errors: unknown[] = []
  const cleanup = createCleanup(async (error) => void errors.push(error))
  let banner = ''
  await servePrimary(settings(), cleanup, { write: (bytes) => void (banner += bytes.toString()) })
  expect(cleanup.delayMs).toBe(20)
  const url = /running at (\S+)/.exec(banner)?.[1] ?? ''
  const admin = /metrics (\S+)/.exec(banner)?.[1] ?? ''
  const { port } = new URL(url)
  // A client that leaves at once is no error of the server.
  const hasty = connect(Number(port), '127.0.0.1')
  await once(hasty, 'connect')
  hasty.resetAndDestroy()
  expect(await text(connect(Number(port), '127.0.0.1'))).toMatch(/^worker [01]$/)
  expect((await fetch(new URL('/health', admin))).status).toBe(200)
  // Where nothing names a secret it is made once, for all workers.
  expect(readFileSync(join(directory, 'data/secret'), 'utf8').length).toBeGreaterThan(30)
  await cleanup.run()
  expect(errors).toEqual([])
  const told = readFileSync(messages, 'utf8').split('\n')
  const toFirst = told.filter((line) => line.startsWith('0 ') && line !== '0 connection')
  expect(toFirst).toEqual(['0 stopping', '0 pause', '0 drain'])
  for (const address of [url, admin]) await expect(fetch(address)).rejects.toThrow('fetch failed')
})

test('a primary whose first worker does not start ends with its error, and listens on nothing', async () => {
  vi.stubEnv('SCRIPT', 'dies')
  const cleanup = createCleanup(async () => {})
  let banner = ''
  const start = servePrimary(settings(), cleanup, { write: (bytes) => void (banner += bytes.toString()) })
  await expect(start).rejects.toThrow('the first worker could not start')
  await cleanup.run()
  expect(banner).toBe('')
})
