import { fastify } from 'fastify'
import { expect, test, vi } from 'vitest'
import { closeConnectionsWhileStopping, isReady } from './health.ts'

function app({ stopping = false } = {}) {
  const server = fastify()
  closeConnectionsWhileStopping(server)
  server.stopping = stopping
  return server
}

const never = () => new Promise<boolean>(() => {})

test.each([
  ['takes writes', () => Promise.resolve(true), true],
  ['is read-only', () => Promise.resolve(false), false],
  ['cannot be reached', () => Promise.reject(new Error('ECONNREFUSED')), false],
])('a server whose database %s', async (_, isWritable, ready) => {
  expect(await isReady(app(), { isWritable })).toBe(ready)
})

test('a database that does not answer in time is not ready', async () => {
  expect(await isReady(app(), { isWritable: never }, 5)).toBe(false)
})

test('a database has two seconds to answer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    let ready: boolean | undefined
    const checked = isReady(app(), { isWritable: never }).then((value) => (ready = value))
    vi.advanceTimersByTime(1999)
    await Promise.resolve()
    expect([ready, vi.getTimerCount()]).toEqual([undefined, 1])
    vi.advanceTimersByTime(1)
    expect(await checked).toBe(false)
  } finally {
    vi.useRealTimers()
  }
})

test('a server that stops does not ask its database', async () => {
  let asked = 0
  const isWritable = async () => ++asked > 0
  expect(await isReady(app({ stopping: true }), { isWritable })).toBe(false)
  expect(asked).toBe(0)
})

test('the deadline of an answered check does not keep the process', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    await isReady(app(), { isWritable: () => Promise.resolve(true) })
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

test('a server that stops is not ready, whatever its database says', async () => {
  const stopping = app({ stopping: true })
  expect(await isReady(stopping, { isWritable: () => Promise.resolve(true) })).toBe(false)
})
