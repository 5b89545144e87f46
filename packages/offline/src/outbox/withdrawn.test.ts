import { TaskwireError, type Change, type Task } from '@taskwire/client'
import { beforeEach, expect, test } from 'vitest'
import { changeOf, taskWith, writeOf } from '../../testing/tasks.ts'
import { openPage } from '../../testing/browser.ts'
import { optimisticTasks } from '../optimistic_view.ts'
import { nothingStored } from '../store/local_database.ts'
import { classifyError } from './classify_error.ts'
import { createOutbox } from './outbox.ts'
import { applyWrite, type Intent, type PendingWrite } from './pending_write.ts'
import type { AcceptedWrite } from './send_write.ts'

beforeEach(() => void openPage())

const known = taskWith({ id: 1, title: 'Known', version: 3 })
const NEW_ID = 50

const conflict = {
  shape: { message: 'Changed', code: -32009, data: { code: 'CONFLICT', httpStatus: 409, reason: 'undo_conflict' } },
} as const

type Loss = 'none' | 'before it arrived' | 'after it arrived'

/** A server that holds one task, remembers its answers by key, and whose answers may be lost on the way. */
function serverWith(task: Task) {
  const tasks = new Map([[task.id, task]])
  const answers = new Map<string, AcceptedWrite>()
  const server = { tasks, log: [] as Change[], sent: [] as PendingWrite[], lost: 'none' as Loss, conflicts: false }

  function execute(write: PendingWrite): AcceptedWrite {
    const { intent, withdrawn, task_id } = write
    const id = task_id < 0 ? NEW_ID : task_id
    const before = tasks.get(id) ?? null
    if (intent.kind === 'undo' && server.conflicts) throw new TaskwireError('undo_conflict', conflict)
    const applied = applyWrite(before ?? undefined, write)
    const version = (before?.version ?? server.log.at(-1)?.after?.version ?? 0) + 1
    const after = applied === undefined ? null : { ...applied, id, version }
    if (after === null) tasks.delete(id)
    else tasks.set(id, after)
    const change = changeOf(server.log.length + 1, before, after)
    server.log.push(change)
    if (withdrawn === true || intent.kind === 'undo') return { change }
    return after === null ? { task: before ?? task, deleted: true } : { task: after, deleted: false }
  }

  async function send(write: PendingWrite): Promise<AcceptedWrite> {
    server.sent.push(write)
    if (server.lost === 'before it arrived') throw new TaskwireError('unreachable')
    const answer = answers.get(write.key) ?? execute(write)
    answers.set(write.key, answer)
    if (server.lost === 'after it arrived') throw new TaskwireError('unreachable')
    const made = server.log.find(({ task_id }) => task_id === ('task' in answer ? answer.task.id : 0))
    return write.withdrawn === true && made !== undefined && 'task' in answer ? { change: made } : answer
  }
  return { server, send }
}

function outboxWith(task = known) {
  const { server, send } = serverWith(task)
  const rejected: PendingWrite[] = []
  const outbox = createOutbox({
    database: nothingStored,
    classify: (error) => classifyError(error, () => {}),
    send,
    sendTogether: async (writes) => {
      const answers = await Promise.allSettled(writes.map(send))
      const failed = answers.find(({ status }) => status === 'rejected')
      if (failed !== undefined) throw new TaskwireError('unreachable')
      return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [{ answer: answer.value }] : []))
    },
    onChange: () => {},
    onAccepted: () => {},
    onRejected: (write) => void rejected.push(write),
  })
  const shown = () => optimisticTasks(new Map([[known.id, known]]), outbox.writes)

  /** Sends writes of which no answer comes back. */
  async function attempt(lost: Loss, ...writes: PendingWrite[]): Promise<void> {
    server.lost = lost
    outbox.add(...writes)
    await expect.poll(() => outbox.writes.some((write) => outbox.isSending(write))).toBe(false)
    server.lost = 'none'
  }
  async function reconnect(): Promise<void> {
    outbox.retry()
    await expect.poll(() => outbox.writes).toEqual([])
  }
  return { outbox, server, shown, attempt, reconnect, rejected }
}

const intents: [string, Intent][] = [
  ['an edit', { kind: 'edit', fields: { title: 'Changed' } }],
  ['a completion', { kind: 'complete' }],
  ['a deletion', { kind: 'delete' }],
  ['an undo', { kind: 'undo', seq: 7, before: taskWith({ title: 'Before' }) }],
]
const losses: Loss[] = ['before it arrived', 'after it arrived']

test.each(losses.flatMap((lost) => intents.map(([name, intent]) => [name, lost, intent] as const)))(
  '%s that was undone when its answer was lost %s stays undone',
  async (_name, lost, intent) => {
    const { outbox, server, shown, attempt, reconnect } = outboxWith()
    const write = writeOf(known, intent)
    await attempt(lost, write)
    expect(outbox.cancel(write.key)).toBe(true)
    expect(shown()).toEqual([known])
    await reconnect()
    expect(server.tasks.get(1)).toMatchObject({ title: 'Known', completed: false })
    // The change and its undo, which is the same call however often it is sent.
    expect(server.log.map(({ task_id }) => task_id)).toEqual([1, 1])
  },
)

test.each(losses)('a new task that was undone when the answer was lost %s does not come back', async (lost) => {
  const { outbox, server, shown, attempt, reconnect } = outboxWith()
  const create = writeOf(taskWith({ id: -7, version: 0 }), { kind: 'create', fields: { title: 'New' } })
  await attempt(lost, create)
  outbox.add(writeOf(taskWith({ id: -7 }), { kind: 'complete' }))
  expect(outbox.cancel(create.key)).toBe(true)
  expect(shown()).toEqual([known])
  await reconnect()
  expect([...server.tasks.values()]).toEqual([known])
})

test('a write that could not leave the browser is dropped, and the server never hears of it', async () => {
  const { outbox, server, attempt, reconnect } = outboxWith()
  Object.assign(navigator, { onLine: false })
  const write = writeOf(known, { kind: 'delete' })
  await attempt('before it arrived', write)
  expect(outbox.cancel(write.key)).toBe(true)
  await reconnect()
  expect(server.log).toEqual([])
})

test('a write that was on its way when the network was lost may have arrived, and stays undone', async () => {
  const { outbox, server, attempt, reconnect } = outboxWith()
  const write = writeOf(known, { kind: 'edit', fields: { title: 'Changed' } })
  const attempted = attempt('after it arrived', write)
  Object.assign(navigator, { onLine: false })
  await attempted
  outbox.cancel(write.key)
  await reconnect()
  expect(server.tasks.get(1)).toMatchObject({ title: 'Known' })
})

test('what was made after the undo builds on it', async () => {
  const { outbox, server, attempt, reconnect } = outboxWith()
  const write = writeOf(known, { kind: 'edit', fields: { title: 'Given up' } })
  await attempt('after it arrived', write)
  outbox.cancel(write.key)
  outbox.add(writeOf(known, { kind: 'edit', fields: { description: 'Kept' } }))
  await reconnect()
  expect(server.tasks.get(1)).toMatchObject({ title: 'Known', description: 'Kept', version: 6 })
  expect(server.sent.at(-1)?.base?.version).toBe(5)
})

test('one of several that were sent together is undone, and the same call is repeated for the others', async () => {
  const { outbox, server, attempt, reconnect } = outboxWith()
  const other = taskWith({ id: 2, title: 'Other' })
  server.tasks.set(2, other)
  const group = { group: 'together' }
  const [first, second] = [writeOf(known, { kind: 'delete' }, group), writeOf(other, { kind: 'delete' }, group)]
  await attempt('after it arrived', first, second)
  outbox.cancel(first.key)
  const repeated = server.sent.length
  await reconnect()
  expect(server.sent.slice(repeated).map(({ key }) => key)).toEqual([first.key, second.key, `${first.key}-`])
  expect([...server.tasks.keys()]).toEqual([1])
})

test('an undo that no longer fits is reported, and what the server has is kept', async () => {
  const { outbox, server, attempt, reconnect, rejected } = outboxWith()
  const write = writeOf(known, { kind: 'edit', fields: { title: 'Changed' } })
  await attempt('after it arrived', write)
  outbox.cancel(write.key)
  server.conflicts = true
  await reconnect()
  expect(rejected).toMatchObject([{ intent: { kind: 'undo' } }])
  expect(server.tasks.get(1)).toMatchObject({ title: 'Changed' })
})
