import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, vi } from 'vitest'

// For test files that share a process: what one leaves behind would reach the next, so the one that leaves it fails.

// `exit` is not among them: packages listen to it once, when they are loaded.
const EVENTS = [
  'SIGHUP',
  'SIGINT',
  'SIGTERM',
  'SIGUSR2',
  'beforeExit',
  'uncaughtException',
  'unhandledRejection',
  'warning',
]
const GLOBALS = [
  'Date',
  'console',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'localStorage',
  'location',
  'navigator',
]

// Node opens these when they are first used.
void [process.stdin, process.stdout, process.stderr]

const stateBefore = state()
const resourcesBefore = process.getActiveResourcesInfo()

afterAll(async () => {
  expect(vi.isFakeTimers(), 'the clock runs again').toBe(false)
  expect(state(), 'the process is as it was before the tests').toEqual(stateBefore)
  const left = await resourcesLeft()
  if (left.length > 0) console.error('left open:', openSockets())
  expect(left, 'nothing is left open').toEqual([])
})

/** For whoever looks for the one that was left. Node documents no other way to the sockets themselves. */
function openSockets(): object[] {
  const handles: unknown[] = Reflect.apply(Reflect.get(process, '_getActiveHandles'), process, [])
  return handles
    .filter((handle) => handle instanceof Socket)
    .map(({ localPort, remotePort, readyState, bytesRead, bytesWritten, destroyed }) => {
      return { localPort, remotePort, readyState, bytesRead, bytesWritten, destroyed }
    })
}

/** What a test may change for a while, and has to restore. */
function state() {
  return {
    env: { ...process.env },
    directory: process.cwd(),
    listeners: EVENTS.map((event) => [event, process.listenerCount(event)]),
    globals: GLOBALS.map((name) => Object.getOwnPropertyDescriptor(globalThis, name)),
  }
}

/** Sockets, servers, timers and processes that were not there before. What has been closed is gone a moment later. */
async function resourcesLeft(): Promise<string[]> {
  const deadline = performance.now() + 60_000
  let left = newResources()
  while (left.length > 0 && performance.now() < deadline) {
    await sleep(10)
    left = newResources()
  }
  return left
}

function newResources(): string[] {
  const before = [...resourcesBefore]
  return process.getActiveResourcesInfo().filter((name) => {
    const at = before.indexOf(name)
    if (at !== -1) before.splice(at, 1)
    return at === -1
  })
}
