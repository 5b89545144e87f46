import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { underLock } from './lock.ts'

async function lockFile(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tw-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return join(directory, 'lock')
}

test('one at a time works under a lock, and the next one as soon as it has ended', async () => {
  const file = await lockFile()
  const { promise, resolve } = Promise.withResolvers<string>()
  const events: string[] = []
  const first = underLock(file, async () => {
    events.push('first begins')
    const result = await promise
    events.push('first ends')
    return result
  })
  await expect.poll(() => events).toEqual(['first begins'])
  const second = underLock(file, async () => events.push('second begins'))
  await expect(underLock(file, async () => {}, 0)).rejects.toThrow('locked for a minute')
  resolve('done')
  expect(await first).toBe('done')
  await second
  expect(events).toEqual(['first begins', 'first ends', 'second begins'])
})

test('work that fails gives the lock back', async () => {
  const file = await lockFile()
  await expect(underLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await underLock(file, async () => 'next', 0)).toBe('next')
})

test('a lock that another process keeps is reported in one line, and one that cannot be opened too', async () => {
  const file = await lockFile()
  await underLock(file, async () => {
    await expect(underLock(file, async () => {}, 50)).rejects.toMatchObject({
      reason: 'embedded_unavailable',
      message: `another process has kept ${file} locked for a minute: end it, then start again`,
    })
  })
  const absent = join(file, 'lock')
  await expect(underLock(absent, async () => {})).rejects.toMatchObject({ reason: 'embedded_unavailable' })
  await expect(underLock('/dev/null/lock', async () => {})).rejects.toThrow('cannot be written')
})
