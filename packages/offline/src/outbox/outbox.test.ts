import { TaskwireError, type Task } from '@taskwire/client'
import { expect, onTestFinished, test, vi } from 'vitest'
import { withDefaults } from '../task_fields.ts'
import { nothingStored } from '../store/local_database.ts'
import { classifyError } from './classify_error.ts'
import { createOutbox, type OutboxOptions } from './outbox.ts'
import { applyWrite, type Intent, type PendingWrite } from './pending_write.ts'

const time = '2026-01-01T00:00:00.000Z'
const base = withDefaults({ id: 1, user_id: 'ada', title: 'Call', created_at: time, updated_at: time, version: 1 })

function write(key: string, fields: object, task: Task = base): PendingWrite {
  const intent: Intent = { kind: 'edit', fields }
  return { key, at: 1, user_id: 'ada', task_id: task.id, tab: 'a', base: task, intent }
}

/** An outbox whose server holds one task, and answers an edit of an older version as the API does. */
function outboxOf(task: Task, listeners: Partial<OutboxOptions> = {}) {
  const server = { task, sent: [] as PendingWrite[] }
  const outbox = createOutbox({
    database: nothingStored,
    classify: (error) => classifyError(error, () => {}),
    send(sending) {
      server.sent.push(sending)
      if (sending.base?.version !== server.task.version) return Promise.reject(versionMismatch(server.task))
      server.task = { ...(applyWrite(server.task, sending) ?? server.task), version: server.task.version + 1 }
      return Promise.resolve({ task: server.task, deleted: false })
    },
    sendTogether: () => Promise.reject(new Error('nothing was made together')),
    onChange: () => {},
    onAccepted: () => {},
    onRejected: () => {},
    ...listeners,
  })
  return { outbox, server }
}

function versionMismatch(current: Task): TaskwireError {
  const data = { code: 'PRECONDITION_FAILED', httpStatus: 412, reason: 'version_mismatch', current } as const
  return new TaskwireError('version_mismatch', { shape: { message: 'Changed', code: -32012, data } })
}

test('an offline edit of a field that this build does not know merges with a concurrent edit of another', async () => {
  const { outbox, server } = outboxOf({ ...base, title: 'Write', version: 2 })
  outbox.add(write('color', { color: 'red' }))
  await expect.poll(() => outbox.writes).toEqual([])
  expect(server.task).toEqual({ ...base, title: 'Write', color: 'red', version: 3 })
  expect(server.sent.map(({ key }) => key)).toEqual(['color', 'color+'])
})

test('two edits of a field that this build does not know wait for the choice of the user', async () => {
  const blue: Task & { color: string } = { ...base, color: 'blue', version: 2 }
  const { outbox, server } = outboxOf(blue)
  outbox.add(write('color', { color: 'red' }))
  await expect.poll(() => outbox.writes).toMatchObject([{ key: 'color', conflict: { color: 'blue', version: 2 } }])
  expect(server.task).toEqual(blue)
})

test('a conflict holds up later writes on its own task only', async () => {
  const { outbox, server } = outboxOf({ ...base, title: 'Write', version: 2 })
  outbox.add(write('first', { title: 'Call back' }))
  outbox.add(write('second', { description: 'After four' }))
  outbox.add(write('other', { title: 'Other' }, { ...base, id: 2, version: 2 }))
  await expect.poll(() => outbox.writes.map(({ key }) => key)).toEqual(['first', 'second'])
  expect(server.sent.map(({ key }) => key)).toEqual(['first', 'other'])
})

test.each(['onAccepted', 'onRejected'] as const)(
  'where %s throws, the error is reported and later writes are sent',
  async (name) => {
    const report = vi.fn()
    vi.stubGlobal('reportError', report)
    onTestFinished(() => void vi.unstubAllGlobals())
    const failure = new Error('of the page')
    const told: string[] = []
    const listener = ({ key }: PendingWrite) => {
      told.push(key)
      if (told.length === 1) throw failure
    }
    const isRefused = name === 'onRejected'
    const { outbox, server } = outboxOf(base, {
      [name]: listener,
      ...(isRefused && { send: () => Promise.reject(new TaskwireError('validation_failed')) }),
    })
    outbox.add(write('first', { title: 'One' }))
    outbox.add(write('second', { title: 'Two' }))
    await expect.poll(() => outbox.writes).toEqual([])
    outbox.add(write('third', { title: 'Three' }, server.task))
    await expect.poll(() => told).toEqual(['first', 'second', 'third'])
    expect(report.mock.calls).toEqual([[failure]])
  },
)
