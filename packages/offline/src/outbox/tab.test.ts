import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openPage } from '../../testing/browser.ts'
import { registerTab } from './tab.ts'

test('a tab holds the lock of its name until it is closed', async () => {
  openPage()
  const held = new Set<string>()
  async function request(name: string, work: () => Promise<void>): Promise<void> {
    held.add(name)
    await work()
    held.delete(name)
  }
  Object.assign(navigator, { locks: { request } })
  const [closing, other] = [new AbortController(), new AbortController()]
  const tabs = [registerTab(closing.signal), registerTab(other.signal)]
  await nextTurn()
  expect([...held]).toEqual(tabs.map((tab) => `taskwire-tab-${tab}`))
  closing.abort()
  await nextTurn()
  expect([...held]).toEqual([`taskwire-tab-${tabs[1]}`])
})

test('a tab that is closed before it has its lock does not keep it', async () => {
  openPage()
  const granted = Promise.withResolvers<void>()
  let isHeld = true
  async function request(_name: string, work: () => Promise<void>): Promise<void> {
    await granted.promise
    await work()
    isHeld = false
  }
  Object.assign(navigator, { locks: { request } })
  const closing = new AbortController()
  registerTab(closing.signal)
  closing.abort()
  granted.resolve()
  await nextTurn()
  expect(isHeld).toBe(false)
})
