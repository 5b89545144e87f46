import { setImmediate as nextTurn } from 'node:timers/promises'
import { MessageChannel } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { replay } from './replay.ts'

// A timer that outlives its test is noticed.
const LONG_MS = 600_000
const SHORT_MS = 20

test('a position that is known to be replayed needs no question', async () => {
  let asked = 0
  const standby = replay(async () => (asked++, 10n), LONG_MS)
  expect(await standby.reaches(10n)).toBe(true)
  expect(await standby.reaches(9n)).toBe(true)
  expect(asked).toBe(1)
})

test('a position is waited for until it is replayed', async () => {
  let replayed = 0n
  const standby = replay(async () => ++replayed, LONG_MS)
  expect(await Promise.all([standby.reaches(3n), standby.reaches(5n)])).toEqual([true, true])
  expect(replayed).toBe(5n)
})

test('a standby that does not reach a position in time is late until it reaches one', async () => {
  let replayed = 0n
  const standby = replay(async () => replayed, SHORT_MS)
  expect(await standby.reaches(7n)).toBe(false)
  expect(standby.isLate()).toBe(true)
  // Nobody waits for it any more, even where it would have been reached.
  expect(await standby.reaches(0n)).toBe(false)
  expect(await standby.tryAgain(7n)).toBe(false)
  replayed = 7n
  await expect.poll(() => standby.tryAgain(7n)).toBe(true)
  expect(standby.isLate()).toBe(false)
  expect(await standby.reaches(7n)).toBe(true)
})

test('a standby that cannot be asked is late', async () => {
  const standby = replay(() => Promise.reject(new Error('lost')), LONG_MS)
  expect(await standby.reaches(1n)).toBe(false)
  expect(standby.isLate()).toBe(true)
})

test('a standby that does not answer is late, and the answer that comes later counts', async () => {
  const answers: ((lsn: bigint) => void)[] = []
  const standby = replay(() => new Promise((resolve) => answers.push(resolve)), SHORT_MS)
  expect(await standby.reaches(1n)).toBe(false)
  answers[0]?.(1n)
  await expect.poll(() => standby.tryAgain(1n)).toBe(true)
})

/** Answers that arrive with the next input of the process, as those of a socket do. */
function answersByMessage(): { ask: () => Promise<bigint>; answer: (lsn: bigint) => void } {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port1.close())
  return {
    ask: () => new Promise((resolve) => port2.once('message', resolve)),
    answer: (lsn) => port1.postMessage(lsn),
  }
}

function beBusy(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

test.each([
  [5n, true],
  [4n, false],
])('what a standby has answered while this process was busy counts: %s of 5', async (replayed, isReached) => {
  const { ask, answer } = answersByMessage()
  const standby = replay(ask, 1)
  // The timers of the next turn come before its input.
  await nextTurn()
  const reached = standby.reaches(5n)
  answer(replayed)
  beBusy(5)
  expect(await reached).toBe(isReached)
  expect(standby.isLate()).toBe(!isReached)
})
