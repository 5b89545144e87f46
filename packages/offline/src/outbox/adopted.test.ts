import { TaskwireError } from '@taskwire/client'
import { expect, test } from 'vitest'
import { taskWith, writeOf } from '../../testing/tasks.ts'
import { nothingStored, type LocalDatabase } from '../store/local_database.ts'
import { classifyError } from './classify_error.ts'
import { createOutbox, type OutboxOptions } from './outbox.ts'
import type { PendingWrite } from './pending_write.ts'

const task = taskWith()

/** An outbox whose server is reached once `connect` was called, and what it has received and the browser stores. */
function outboxOf(options: Partial<OutboxOptions> = {}) {
  const sent: string[] = []
  const stored = new Map<string, PendingWrite>()
  const { promise: connected, resolve: connect } = Promise.withResolvers<void>()
  const database: LocalDatabase = {
    ...nothingStored,
    saveWrite: async (write) => void stored.set(write.key, write),
    deleteWrite: async (key) => void stored.delete(key),
  }
  const outbox = createOutbox({
    database,
    classify: (error) => classifyError(error, () => {}),
    async send(write) {
      sent.push(write.key)
      await connected
      return { task: { ...task, version: task.version + sent.length }, deleted: false }
    },
    sendTogether: () => Promise.reject(new Error('nothing was made together')),
    onChange: () => {},
    onAccepted: () => {},
    onRejected: () => {},
    ...options,
  })
  return { outbox, sent, stored, connect }
}

const rename = (title: string) => writeOf(task, { kind: 'edit', fields: { title } })

test('adopted writes are sent in the order in which they were made, in front of younger ones of this tab', async () => {
  const { outbox, sent, connect } = outboxOf()
  const [first, second, third] = [rename('one'), rename('two'), rename('three')]
  const [fourth, fifth] = [rename('four'), rename('five')]
  outbox.add(fourth, fifth)
  outbox.adopt([third, first, second])
  connect()
  await expect.poll(() => outbox.writes).toEqual([])
  // The one that was on its way comes first.
  expect(sent).toEqual([fourth, first, second, third, fifth].map(({ key }) => key))
})

test('a write that is adopted twice is sent once', async () => {
  const { outbox, sent, connect } = outboxOf()
  const write = rename('one')
  outbox.adopt([write])
  outbox.adopt([write])
  expect(outbox.writes).toEqual([write])
  connect()
  await expect.poll(() => outbox.writes).toEqual([])
  expect(sent).toEqual([write.key])
})

test('a write that another tab had adopted too is stored as this tab has it, where it was undone', () => {
  const { outbox, stored } = outboxOf()
  const write = { ...rename('two'), attempted: true }
  outbox.add(rename('one'), write)
  outbox.cancel(write.key)
  outbox.adopt([write])
  expect(stored.get(write.key)).toEqual({ ...write, withdrawn: true })
})

test('a write is stored before it is sent, and no longer once it was accepted', async () => {
  const { outbox, stored, connect } = outboxOf()
  const write = rename('one')
  outbox.add(write)
  expect([...stored.values()]).toEqual([write])
  connect()
  await expect.poll(() => outbox.writes).toEqual([])
  expect(stored.size).toBe(0)
})

test('a write on its way cannot be cancelled, one behind it can, and with it what depends on the task it creates', () => {
  const { outbox, stored, sent } = outboxOf()
  const created = taskWith({ id: -7, version: 0 })
  const first = rename('one')
  const create = writeOf(created, { kind: 'create', fields: { title: 'New' } })
  const complete = writeOf(created, { kind: 'complete' })
  outbox.add(first, create, complete)
  expect(outbox.cancel(first.key)).toBe(false)
  expect(outbox.cancel(create.key)).toBe(true)
  expect(outbox.writes).toEqual([first])
  expect([...stored.keys()]).toEqual([first.key])
  expect(sent).toEqual([first.key])
})

test('after a failure that may pass, nothing is sent until the retry, and then in order', async () => {
  let isUp = false
  const tried: string[] = []
  const { outbox } = outboxOf({
    classify: () => ({ kind: 'retry', ms: 86_400_000, mayHaveArrived: false }),
    send(write) {
      tried.push(write.key)
      if (!isUp) return Promise.reject(new TaskwireError('unreachable'))
      return Promise.resolve({ task: { ...task, version: 2 }, deleted: false })
    },
  })
  const [first, second] = [rename('one'), rename('two')]
  outbox.add(first)
  await expect.poll(() => outbox.isSending(first)).toBe(false)
  outbox.add(second)
  expect(tried).toEqual([first.key])
  isUp = true
  outbox.retry()
  await expect.poll(() => outbox.writes).toEqual([])
  expect(tried).toEqual([first.key, first.key, second.key])
  outbox.close()
})

test('a closed outbox sends nothing more, but forgets what the server still accepts', async () => {
  const { outbox, sent, connect, stored } = outboxOf()
  const [first, second] = [rename('one'), rename('two')]
  outbox.add(first, second)
  outbox.close()
  connect()
  await expect.poll(() => outbox.writes.map(({ key }) => key)).toEqual([second.key])
  outbox.retry()
  expect(sent).toEqual([first.key])
  expect([...stored.keys()]).toEqual([second.key])
})
