import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { attemptCounts } from '../auth/attempt_counts.ts'
import { FirstWorkerError, WorkerGroup, type WorkerGroupOptions } from './worker_group.ts'

const program = fileURLToPath(new URL('../../testing/scripted_worker.ts', import.meta.url))
const [, ownProgram = ''] = process.argv

beforeEach(() => void (process.argv[1] = program))
afterEach(() => {
  process.argv[1] = ownProgram
  vi.useRealTimers()
})

/** A group, what it has logged, and what its workers have been told. */
function groupOf(script: 'serves' | 'waits' | 'dies', options: Partial<WorkerGroupOptions> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'taskwire-group-'))
  const messages = join(directory, 'messages')
  const logged: string[] = []
  const group = new WorkerGroup({
    count: 1,
    variables: { SCRIPT: script, MESSAGES: messages },
    attempts: attemptCounts({ RATE_LIMIT_AUTH: 5 }),
    log: (line) => void logged.push(line),
    ...options,
  })
  onTestFinished(async () => {
    vi.useRealTimers()
    group.beginStop()
    await group.stop(10)
    rmSync(directory, { recursive: true })
  })
  return { group, logged, told: () => readFileSync(messages, 'utf8').trimEnd().split('\n') }
}

/** Both ends of a connection: that of a client, and the one that is given away. */
async function connection(): Promise<{ client: Socket; given: Socket }> {
  const server = createServer({ pauseOnConnect: true })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [given] = (await once(server, 'connection')) as [Socket]
  server.close()
  onTestFinished(() => {
    client.destroy()
    given.destroy()
  })
  return { client, given }
}

/** Resolves when so many workers serve. */
async function serving(group: WorkerGroup, count: number): Promise<void> {
  await expect.poll(async () => (await group.ask('ready')).length).toBe(count)
}

test('connections go to the workers in turn', async () => {
  const { group } = groupOf('serves', { count: 2 })
  await group.start()
  await serving(group, 2)
  const answers: string[] = []
  for (let number = 0; number < 4; number++) {
    const { client, given } = await connection()
    group.give(given)
    answers.push(await text(client))
  }
  expect(new Set(answers)).toEqual(new Set(['worker 0', 'worker 1']))
  expect(answers.slice(2)).toEqual(answers.slice(0, 2))
})

test('the attempts of all workers are counted together', async () => {
  const { group } = groupOf('serves', { count: 2 })
  await group.start()
  await serving(group, 2)
  const before = await group.ask('ready')
  const after = await group.ask('ready')
  const least = (answers: typeof before) => Math.min(...answers.map(({ answer }) => Object(answer).remaining))
  expect(least(after)).toBe(Math.max(0, least(before) - 2))
  expect(new Set(after.map(({ number }) => number))).toEqual(new Set([0, 1]))
})

test('while no worker serves a few connections wait, and others are closed', async () => {
  const { group } = groupOf('waits', { maxWaiting: 1 })
  void group.start().catch(() => {})
  const [waiting, refused] = [await connection(), await connection()]
  group.give(waiting.given)
  group.give(refused.given)
  expect([waiting.given.destroyed, refused.given.destroyed]).toEqual([false, true])
  group.beginStop()
  const late = await connection()
  group.give(late.given)
  expect(late.given.destroyed).toBe(true)
  await group.stop(1)
  // A client would wait for the server's end without it.
  expect(waiting.given.destroyed).toBe(true)
})

test('a start fails if the first worker ends before it serves, and no other is started', async () => {
  const { group, logged } = groupOf('dies', { count: 2 })
  await expect(group.start()).rejects.toThrow(new FirstWorkerError('exit code 1'))
  expect(await group.ask('ready')).toEqual([])
  expect(logged).toEqual([])
})

/** Resolves when so much is logged. Unlike `expect.poll` it does not move the test's clock. */
async function lines(logged: readonly string[], count: number): Promise<void> {
  while (logged.length < count) await new Promise(setImmediate)
}

test('a worker that ends soon after its start is replaced after a second, and others at once', async () => {
  const { group, logged } = groupOf('serves')
  const lost: number[] = []
  group.onLost((number) => lost.push(number))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  await group.start()
  // It ends by this question.
  void group.ask('metrics')
  await lines(logged, 1)
  expect(lost).toEqual([0])
  vi.advanceTimersByTime(999)
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(1)
  expect(vi.getTimerCount()).toBe(0)
  await lines(logged, 2)
  expect(logged[1]).toMatch(/^worker 0 serves again \(process \d+\), 1\.00 s after it was lost$/)

  vi.advanceTimersByTime(1000)
  void group.ask('metrics')
  await lines(logged, 3)
  expect(lost).toEqual([0, 0])
  vi.advanceTimersByTime(1)
  await lines(logged, 4)
  expect(logged[3]).toMatch(/ 0\.00 s after it was lost$/)
})

test('a worker that ends while the server stops is not replaced, nor is one that ended before', async () => {
  const { group, logged, told } = groupOf('serves', { count: 2 })
  const lost: number[] = []
  group.onLost((number) => lost.push(number))
  await group.start()
  await serving(group, 2)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  void group.ask('metrics')
  await lines(logged, 2)
  group.beginStop()
  expect(vi.getTimerCount()).toBe(0)
  await group.stop(1000)
  expect(vi.getTimerCount()).toBe(0)
  expect(new Set(lost)).toEqual(new Set([0, 1]))
  expect(told().filter((line) => line.endsWith('drain'))).toEqual([])
})

test('a stop tells the workers that they are not ready, then to let requests wait, and at last to end', async () => {
  const { group, logged, told } = groupOf('serves')
  const lost: number[] = []
  group.onLost((number) => lost.push(number))
  await group.start()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  group.beginStop()
  group.pause()
  await group.stop(1000)
  expect(told()).toEqual(['0 stopping', '0 pause', '0 drain'])
  expect(vi.getTimerCount()).toBe(0)
  expect([lost, logged]).toEqual([[], []])
})
