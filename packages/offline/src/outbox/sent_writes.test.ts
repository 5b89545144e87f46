import { TaskwireError, type RouterOutputs, type Task, type TaskwireClient } from '@taskwire/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openPage } from '../../testing/browser.ts'
import { changeOf, taskWith, writeOf } from '../../testing/tasks.ts'
import { nothingStored } from '../store/local_database.ts'
import { createOutbox, type OutboxOptions } from './outbox.ts'
import type { Intent, PendingWrite } from './pending_write.ts'
import { sendBatch } from './send_batch.ts'
import { sendWrite, type AcceptedWrite } from './send_write.ts'

beforeEach(() => {
  openPage()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => void vi.useRealTimers())

const { signal } = new AbortController()
const task = taskWith({ version: 2 })
const next = taskWith({ id: 8 })

/** A server that answers each procedure with what it has for it, and what it was sent. */
function serverOf(answers: Readonly<Record<string, unknown>> = {}) {
  const sent: unknown[][] = []
  const call =
    (path: string) =>
    async (...input: unknown[]) => {
      sent.push([path, ...input])
      const answer = path in answers ? answers[path] : task
      if (answer instanceof Error) throw answer
      return answer
    }
  const names = ['create', 'update', 'complete', 'reopen', 'check', 'skip', 'move', 'delete', 'batch']
  const procedures = Object.fromEntries(names.map((name) => [name, { mutate: call(`task.${name}`) }]))
  const client = {
    task: { ...procedures, get: { query: call('task.get') }, history: { query: call('task.history') } },
    change: { undo: { mutate: call('change.undo') } },
  }
  return { client: client as unknown as TaskwireClient, sent }
}

const key = { key: 'k' }

test.each<[Intent, string, object]>([
  [{ kind: 'create', fields: { title: 'New' } }, 'task.create', { title: 'New' }],
  [{ kind: 'edit', fields: { title: 'x' } }, 'task.update', { task_id: 1, title: 'x', if_version: 2 }],
  [{ kind: 'complete' }, 'task.complete', { task_id: 1 }],
  [{ kind: 'reopen' }, 'task.reopen', { task_id: 1 }],
  [{ kind: 'check', item_id: 'a', done: true }, 'task.check', { task_id: 1, item_id: 'a', done: true }],
  [{ kind: 'skip', zone: 'UTC' }, 'task.skip', { task_id: 1 }],
  [{ kind: 'move', place: { after: 7 }, position: 'm' }, 'task.move', { task_id: 1, after: 7 }],
  [
    { kind: 'move', place: { after: -7 }, otherwise: { before: 9 }, position: 'm' },
    'task.move',
    { task_id: 1, before: 9 },
  ],
  [{ kind: 'move', place: { before: -7 }, position: 'm' }, 'task.move', { task_id: 1, after: 1 }],
  [{ kind: 'move', place: { to: 'last' }, position: 'm' }, 'task.move', { task_id: 1, to: 'last' }],
  [{ kind: 'delete' }, 'task.delete', { task_id: 1 }],
])('%o is sent with its key, and ends with the page', async (intent, path, input) => {
  const { client, sent } = serverOf()
  const answer = await sendWrite(client, writeOf(task, intent, key), signal)
  expect(sent).toEqual([[path, { ...input, idempotency_key: 'k' }, { signal }]])
  expect(answer).toEqual({ task, deleted: intent.kind === 'delete' })
})

test('an undo is sent with its key, and answers with its change', async () => {
  const change = changeOf(9, task, taskWith())
  const { client, sent } = serverOf({ 'change.undo': change })
  const write = writeOf(task, { kind: 'undo', seq: 7, before: null }, key)
  expect(await sendWrite(client, write, signal)).toEqual({ change })
  expect(sent).toEqual([['change.undo', { seq: 7, idempotency_key: 'k' }, { signal }]])
  const several = serverOf({ 'change.undo': { changes: [], first_seq: 1, last_seq: 2 } })
  await expect(sendWrite(several.client, write, signal)).rejects.toThrow(TypeError)
})

const completion = writeOf(task, { kind: 'complete', next: { id: -9, zone: 'UTC' } }, key)
const completed = taskWith({ completed: true, next_task_id: 8, version: 3 })

test('a completed recurring task is answered with its next occurrence, unless there is none or it is gone', async () => {
  const answered = async (answers: Record<string, unknown>) => {
    const { client, sent } = serverOf({ 'task.complete': completed, ...answers })
    return [await sendWrite(client, completion, signal), sent.length]
  }
  expect(await answered({ 'task.get': next })).toEqual([{ task: completed, deleted: false, next }, 2])
  expect(await answered({ 'task.get': new TaskwireError('task_not_found') })).toEqual([
    { task: completed, deleted: false },
    2,
  ])
  await expect(answered({ 'task.get': new TaskwireError('unreachable') })).rejects.toMatchObject({
    reason: 'unreachable',
  })
  const last = { ...completed, next_task_id: null }
  expect(await answered({ 'task.complete': last })).toEqual([{ task: last, deleted: false }, 1])
})

test('a move whose neighbour is gone is not sent again where there is no other, nor after another failure', async () => {
  const intent: Intent = { kind: 'move', place: { after: 7 }, otherwise: { before: 9 }, position: 'm' }
  const gone = serverOf({ 'task.move': new TaskwireError('task_not_found') })
  const alone = writeOf(task, { kind: 'move', place: { after: 7 }, position: 'm' })
  await expect(sendWrite(gone.client, alone, signal)).rejects.toMatchObject({ reason: 'task_not_found' })
  const lost = serverOf({ 'task.move': new TaskwireError('unreachable') })
  await expect(sendWrite(lost.client, writeOf(task, intent), signal)).rejects.toMatchObject({ reason: 'unreachable' })
  expect([gone.sent.length, lost.sent.length]).toEqual([1, 1])
})

type Result = RouterOutputs['task']['batch']['results'][number]

test('a batch names its writes in one key, and each of them is answered by its own result', async () => {
  const errors = { code: 'version_mismatch', detail: 'Changed', current: next } as const
  const invalid = { code: 'validation_failed', detail: [{ msg: 'is empty', loc: ['title'], type: 't' }] }
  const results = [{ task: completed }, { error: errors }, { error: invalid }, { task }] as unknown as Result[]
  const { client, sent } = serverOf({ 'task.batch': { results }, 'task.get': next })
  const writes: PendingWrite[] = [
    { ...completion, key: 'a' },
    writeOf(taskWith({ id: 2 }), { kind: 'edit', fields: { title: 'x' } }, { key: 'b' }),
    writeOf(taskWith({ id: 3 }), { kind: 'edit', fields: { title: '' } }, { key: 'c', base: null }),
    writeOf(taskWith({ id: 4 }), { kind: 'delete' }, { key: 'd' }),
    writeOf(taskWith({ id: 5 }), { kind: 'skip', zone: 'UTC' }, { key: 'e' }),
  ]
  const outcomes = await sendBatch(client, writes, signal)
  const operations = [
    { do: 'complete', task_id: 1 },
    { do: 'update', title: 'x', task_id: 2, if_version: 1 },
    { do: 'update', title: '', task_id: 3 },
    { do: 'delete', task_id: 4 },
    { do: 'skip', task_id: 5 },
  ]
  expect(sent[0]).toEqual(['task.batch', { operations, atomic: false, idempotency_key: 'a.5.e' }, { signal }])
  expect(outcomes).toMatchObject([
    { answer: { task: completed, deleted: false, next } },
    { error: { reason: 'version_mismatch', message: 'Changed', current: next } },
    { error: { reason: 'validation_failed', message: 'is empty' } },
    { answer: { task, deleted: true } },
    { error: expect.any(TypeError) },
  ])
})

/** An outbox whose server answers by `send`, and what it has told. */
function outboxWith(send: OutboxOptions['send'], options: Partial<OutboxOptions> = {}) {
  const told: unknown[] = []
  let changes = 0
  const outbox = createOutbox({
    database: nothingStored,
    send,
    sendTogether: () => Promise.reject(new Error('nothing was made together')),
    classify: () => ({ kind: 'retry', ms: 5000, mayHaveArrived: true }),
    onChange: () => changes++,
    onAccepted: ({ task_id }) => told.push(['accepted', task_id]),
    onRejected: ({ task_id }, reason) => told.push(['rejected', task_id, reason]),
    ...options,
  })
  return { outbox, told, changes: () => changes }
}

const moment = (ms = 0) => vi.advanceTimersByTimeAsync(ms)
const lost = () => Promise.reject(new TaskwireError('unreachable'))
const edit = () => writeOf(taskWith(), { kind: 'edit', fields: { title: 'x' } })

test('a write that may have arrived is marked, and tried again after its wait, once', async () => {
  let tries = 0
  const { outbox } = outboxWith(() => (tries++, lost()))
  outbox.add(edit())
  await moment(4999)
  expect([tries, outbox.writes[0]?.attempted]).toEqual([1, true])
  await moment(1)
  expect(tries).toBe(2)
  outbox.retry()
  await moment()
  expect([tries, vi.getTimerCount()]).toEqual([3, 1])
  outbox.close()
  expect(vi.getTimerCount()).toBe(0)
})

test('what fails after the outbox was closed is not tried again', async () => {
  const { promise, reject } = Promise.withResolvers<AcceptedWrite>()
  const { outbox } = outboxWith(() => promise)
  outbox.add(edit())
  await moment()
  outbox.close()
  reject(new TaskwireError('aborted'))
  await moment()
  expect([vi.getTimerCount(), outbox.writes[0]?.attempted]).toEqual([0, undefined])
})

test('a write that the browser could not send, for it had no network, has not arrived', async () => {
  Object.assign(navigator, { onLine: false })
  const { outbox } = outboxWith(lost)
  outbox.add(edit())
  await moment()
  expect(outbox.writes[0]?.attempted).toBeUndefined()
  outbox.close()
})

test('a write that the server has turned away has not arrived: it can still be dropped', async () => {
  const { outbox } = outboxWith(lost, { classify: () => ({ kind: 'retry', ms: 5000, mayHaveArrived: false }) })
  const write = edit()
  outbox.add(write)
  await moment()
  expect(outbox.writes).toEqual([write])
  expect(outbox.cancel(write.key)).toBe(true)
  expect(outbox.writes).toEqual([])
  outbox.close()
})

test('a rejected creation takes what depends on it with it, and is told alone', async () => {
  const error = new TaskwireError('validation_failed')
  const { promise, reject } = Promise.withResolvers<AcceptedWrite>()
  const { outbox, told } = outboxWith(() => promise, { classify: () => ({ kind: 'rejected', error }) })
  const created = taskWith({ id: -7 })
  outbox.add(
    writeOf(created, { kind: 'create', fields: { title: 'New' } }),
    writeOf(created, { kind: 'complete', next: { id: -8, zone: 'UTC' } }),
    writeOf(taskWith({ id: -8 }), { kind: 'delete' }),
  )
  await moment()
  reject(error)
  await moment()
  expect([outbox.writes, told]).toEqual([[], [['rejected', -7, error]]])
})

test('what was meant for a next occurrence that there is not is told of', async () => {
  const last: Task = { ...completed, next_task_id: null }
  const { outbox, told } = outboxWith(async () => ({ task: last, deleted: false }))
  outbox.add(completion, writeOf(taskWith({ id: -9 }), { kind: 'delete' }))
  await moment()
  expect([outbox.writes, told]).toEqual([
    [],
    [
      ['accepted', 1],
      ['rejected', -9, 'series_ended'],
    ],
  ])
})

test('what is shown changes when a write is added, and again when its call is over, whatever its outcome', async () => {
  const { outbox, changes } = outboxWith(lost)
  outbox.add(edit())
  expect(changes()).toBe(1)
  await moment()
  expect(changes()).toBe(2)
  expect(outbox.cancel('of another')).toBe(false)
  expect(changes()).toBe(2)
  outbox.close()
})

test('storage that fails stops no write', async () => {
  const full = () => Promise.reject(new Error('full'))
  const { outbox, told } = outboxWith(async () => ({ task, deleted: false }), {
    database: { ...nothingStored, saveWrite: full, deleteWrite: full },
  })
  outbox.add(edit())
  await moment()
  expect([outbox.writes, told]).toEqual([[], [['accepted', 1]]])
})
