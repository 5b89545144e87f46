import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openPage } from '../../testing/browser.ts'
import { taskWith, writeOf } from '../../testing/tasks.ts'
import { nothingStored } from '../store/local_database.ts'
import { adoptOrphans } from './adopt_orphans.ts'
import type { PendingWrite } from './pending_write.ts'

beforeEach(() => {
  openPage()
  vi.useFakeTimers()
})
afterEach(() => void vi.useRealTimers())

/** A tab beside another that is open, and one that was closed. Each has stored a write. Pages of http have no locks. */
function adoption({ hasLocks = true } = {}) {
  const writes = ['open', 'closed', 'own'].map((tab) => writeOf(taskWith(), { kind: 'complete' }, { tab, key: tab }))
  const locks = { query: () => Promise.resolve({ held: [{ name: 'taskwire-tab-open' }] }) }
  if (hasLocks) Object.assign(navigator, { locks })
  const adopted: (readonly PendingWrite[])[] = []
  const database = { ...nothingStored, loadWrites: () => Promise.resolve(writes) }
  return { adopted, writes, adoption: adoptOrphans({ database, tab: 'own', adopt: (found) => adopted.push(found) }) }
}

test('the writes of closed tabs are taken over, and looked for once more after a moment', async () => {
  const { adopted, adoption: orphans } = adoption()
  await orphans.adopt()
  expect(adopted.flat()).toMatchObject([{ key: 'closed', tab: 'own' }])
  expect(adopted).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(adopted).toHaveLength(2)
  orphans.stop()
})

test('where nothing was left behind, nothing is taken over', async () => {
  const { adopted, writes, adoption: orphans } = adoption()
  writes.splice(1, 1)
  await orphans.adopt()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(adopted).toEqual([])
  orphans.stop()
})

test('a tab that is closed does not look again', async () => {
  const { adopted, adoption: orphans } = adoption()
  await orphans.adopt()
  await orphans.adopt()
  expect(vi.getTimerCount()).toBe(1)
  orphans.stop()
  expect(vi.getTimerCount()).toBe(0)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(adopted).toHaveLength(2)
})

test('a tab that is closed while it looks takes nothing over', async () => {
  const { adopted, adoption: orphans } = adoption()
  const looking = orphans.adopt()
  orphans.stop()
  await looking
  expect(adopted).toEqual([])
})

test('without locks a tab does not take over its own writes, which it has', async () => {
  const { adopted, adoption: orphans } = adoption({ hasLocks: false })
  await orphans.adopt()
  orphans.stop()
  expect(adopted.flat().map(({ key }) => key)).toEqual(['open', 'closed'])
})

test('the second look is three seconds after the last request, not earlier', async () => {
  const { adopted, adoption: orphans } = adoption()
  await orphans.adopt()
  await vi.advanceTimersByTimeAsync(2000)
  await orphans.adopt()
  await vi.advanceTimersByTimeAsync(2999)
  expect(adopted).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(1)
  expect(adopted).toHaveLength(3)
  orphans.stop()
})

test('what is taken over may have arrived already, unless its conflict says that it was refused', async () => {
  const { adopted, adoption: orphans, writes } = adoption()
  Object.assign(writes[1] ?? {}, { conflict: taskWith({ version: 4 }) })
  writes.push(writeOf(taskWith(), { kind: 'complete' }, { tab: 'other', key: 'sent' }))
  await orphans.adopt()
  orphans.stop()
  expect(adopted.flat()).toMatchObject([
    { key: 'closed', tab: 'own', attempted: false },
    { key: 'sent', tab: 'own', attempted: true },
  ])
})

test('a browser that cannot read what it stored takes nothing over', async () => {
  const adopted: unknown[] = []
  const database = { ...nothingStored, loadWrites: () => Promise.reject(new Error('closed')) }
  const orphans = adoptOrphans({ database, tab: 'own', adopt: (found) => adopted.push(...found) })
  await orphans.adopt()
  orphans.stop()
  expect(adopted).toEqual([])
})
