import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { withLock } from './lock.mjs'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

function lockPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'taskwire-lock-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'tools/lock')
}

/** A lock that a process took and last confirmed so long ago. */
function takenBy(pid: number, seconds: number): string {
  const path = lockPath()
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'pid'), String(pid))
  const at = new Date(Date.now() - seconds * 1000)
  utimesSync(path, at, at)
  return path
}

test.each([
  ['succeeds', async () => 'done', 'fulfilled'],
  ['fails', () => Promise.reject(new Error('the registry is away')), 'rejected'],
])('a lock is free again, and nothing is left of it, when the work %s', async (_, work, status) => {
  const path = lockPath()
  const listeners = process.listenerCount('exit')
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const [outcome] = await Promise.allSettled([
    withLock(path, async () => {
      expect(existsSync(path)).toBe(true)
      return work()
    }),
  ])
  expect(outcome.status).toBe(status)
  expect(existsSync(path)).toBe(false)
  expect(process.listenerCount('exit')).toBe(listeners)
  expect(vi.getTimerCount()).toBe(0)
})

test('the work of one begins when that of the other has ended', async () => {
  const path = lockPath()
  const order: string[] = []
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  await withLock(path, async () => {
    order.push('first begins')
    const second = withLock(path, async () => order.push('second'))
    await expect.poll(() => said.mock.calls.flat().join('')).toContain('another process is preparing this clone')
    order.push('first ends')
    // It goes on once this one has given its lock back.
    return { second }
  }).then(({ second }) => second)
  expect(order).toEqual(['first begins', 'first ends', 'second'])
})

test('whoever works for long shows each second that it is alive', async () => {
  const path = lockPath()
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const started = Date.now()
  await withLock(path, async () => {
    utimesSync(path, new Date(1000), new Date(1000))
    vi.advanceTimersByTime(1000)
    expect(statSync(path).mtimeMs).toBeGreaterThan(started - 1000)
  })
})

test('the lock of a process that died is taken, and so is one that nobody has confirmed for a minute', async () => {
  const { pid } = spawnSync(process.execPath, ['--version'])
  expect(await withLock(takenBy(pid, 10), async () => 'of the dead')).toBe('of the dead')
  expect(await withLock(takenBy(process.pid, 120), async () => 'of the silent')).toBe('of the silent')
})

test.each([
  ['lives here', process.pid, 10],
  // Its process is not seen here. That it was confirmed just now does not depend on how fast this test is.
  ['may live in another container', spawnSync(process.execPath, ['--version']).pid, -3600],
])('the lock of a process that %s is waited for', async (_, pid, seconds) => {
  const path = takenBy(pid, seconds)
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const taken = withLock(path, async () => existsSync(path))
  await expect.poll(() => said.mock.calls.flat().join('')).toContain('waiting for it')
  rmSync(path, { recursive: true })
  expect(await taken).toBe(true)
})
