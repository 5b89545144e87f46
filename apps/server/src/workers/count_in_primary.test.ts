import { fork } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { isFromWorker, type ToWorker } from './messages.ts'

const program = fileURLToPath(new URL('../../testing/counting_worker.ts', import.meta.url))

/** Who counts an attempt of a worker of which the primary ... */
async function counter(primary: 'answers' | 'is away' | 'is silent'): Promise<unknown> {
  const worker = fork(program, [primary], { stdio: ['pipe', 'pipe', 'pipe', 'ipc'] })
  // One that waits for ever would outlive the test.
  onTestFinished(() => void worker.kill())
  worker.on('message', (message: unknown) => {
    if (primary !== 'answers' || !isFromWorker(message) || message.type !== 'count') return
    const allowance = { allowed: true, limit: 5, remaining: 4, reset: 60, window: 60 }
    const answer: ToWorker = { type: 'counted', id: message.id, allowance }
    // The worker goes on once the answer is on its way.
    worker.send(answer, () => worker.stdin?.end())
  })
  if (worker.stdout === null || worker.stderr === null) throw new Error('a worker without output')
  const [stdout, stderr, [code]] = await Promise.all([text(worker.stdout), text(worker.stderr), once(worker, 'exit')])
  return { countedBy: stdout, stderr, code }
}

test('an answer that came while the worker was busy is taken, however late it is looked at', async () => {
  expect(await counter('answers')).toEqual({ countedBy: 'the primary', stderr: '', code: 0 })
})

test('a worker whose primary does not answer counts by itself', async () => {
  expect(await counter('is silent')).toEqual({ countedBy: 'itself', stderr: '', code: 0 })
})

test('a worker whose primary has died counts by itself and serves on', async () => {
  expect(await counter('is away')).toEqual({ countedBy: 'itself', stderr: '', code: 0 })
})
