import { expect, test } from 'vitest'
import { changeOf, taskWith, writeOf } from '../testing/tasks.ts'
import { createTaskwireClient, TaskwireError, type Change, type TaskwireClient } from '@taskwire/client'
import { openPage } from '../testing/browser.ts'
import type { PendingWrite } from './outbox/pending_write.ts'
import type { TaskReplica } from './replica.ts'
import { createChangeBuffer } from './sync/change_buffer.ts'
import { createUndoStack } from './undo_stack.ts'

openPage()
const task = taskWith()

/** An undo stack over a replica that records what is written and cancels nothing, and answers as the server does. */
function stack() {
  const written: PendingWrite[] = []
  let seq = 0
  const unused = () => {
    throw new Error('undo needs nothing else of the replica')
  }
  const replica: TaskReplica = {
    snapshot: unused,
    subscribe: unused,
    task: unused,
    rowKey: (id) => id,
    writeAll: unused,
    resolveConflict: unused,
    findChange: unused,
    onChange: unused,
    retry: unused,
    close: unused,
    cancel: () => false,
    write(id, intent) {
      const write = writeOf({ ...task, id: id ?? -1 }, intent)
      written.push(write)
      accept(write)
      return write
    },
  }
  const undoStack = createUndoStack(
    createTaskwireClient({
      url: location.origin,
      token: () => Promise.reject(new Error('undo of this page asks nothing')),
    }),
    () => replica,
  )
  function accept(write: PendingWrite): void {
    undoStack.onAccepted(write, { change: changeOf(++seq, task, { ...task, version: seq + 1 }) })
  }
  function edit(title: string): PendingWrite {
    const write = writeOf(task, { kind: 'edit', fields: { title } })
    undoStack.record([write])
    accept(write)
    return write
  }
  /** The seq of the changes that were undone, in their order. */
  const undone = () => written.map(({ intent }) => (intent.kind === 'undo' ? intent.seq : undefined))
  return { undoStack, edit, undone, accept }
}

test('undo reverses the latest first, and redo the undo', async () => {
  const { undoStack, edit, undone } = stack()
  edit('one')
  edit('two')
  await undoStack.undo()
  await undoStack.undo()
  expect(undone()).toEqual([2, 1])
  expect(await undoStack.redo()).toBe(true)
  // The undo of the first edit was the fourth change.
  expect(undone()).toEqual([2, 1, 4])
})

test('a new action ends what could be redone', async () => {
  const { undoStack, edit, undone } = stack()
  edit('one')
  await undoStack.undo()
  edit('two')
  expect(await undoStack.redo()).toBe(false)
  expect(undone()).toEqual([1])
})

test('what was redone can be undone again', async () => {
  const { undoStack, edit, undone } = stack()
  edit('one')
  await undoStack.undo()
  await undoStack.redo()
  await undoStack.undo()
  expect(undone()).toEqual([1, 2, 3])
})

test('writes that were made together are undone together, the last first', async () => {
  const { undoStack, undone, accept } = stack()
  const group = ['one', 'two'].map((title) => writeOf(task, { kind: 'edit', fields: { title } }))
  undoStack.record(group)
  group.forEach(accept)
  expect(await undoStack.undo()).toHaveLength(2)
  expect(undone()).toEqual([2, 1])
})

test('undo of given writes leaves the others, and does not undo them twice', async () => {
  const { undoStack, edit, undone } = stack()
  const first = edit('one')
  edit('two')
  await undoStack.undo([first])
  await undoStack.undo()
  expect(undone()).toEqual([1, 2])
})

test('a write that had no effect is not undone: the one before it is', async () => {
  const { undoStack, edit, undone } = stack()
  edit('one')
  const dropped = writeOf(task, { kind: 'edit', fields: { title: 'two' } })
  undoStack.record([dropped])
  undoStack.onDropped(dropped)
  await undoStack.undo()
  expect(undone()).toEqual([1])
})

test('undo waits for the answer to a write that is on its way', async () => {
  const { undoStack, undone, accept } = stack()
  const write = writeOf(task, { kind: 'edit', fields: { title: 'one' } })
  undoStack.record([write])
  const undoing = undoStack.undo()
  expect(undone()).toEqual([])
  accept({ ...write, key: `${write.key}+` })
  await undoing
  expect(undone()).toEqual([1])
})

test('what was done to a task that was deleted is not undone once the trash was emptied', async () => {
  const { undoStack, edit, undone, accept } = stack()
  const other = writeOf(taskWith({ id: 2 }), { kind: 'edit', fields: { title: 'kept' } })
  undoStack.record([other])
  accept(other)
  edit('one')
  const deletion = writeOf(task, { kind: 'delete' })
  undoStack.record([deletion])
  accept(deletion)
  undoStack.forgetDeleted()
  await undoStack.undo()
  expect(undone()).toEqual([1])
})

/** An undo stack of a page that has just been loaded, over a server with this log and an empty trash. */
function loadedPage(log: readonly Change[], isConflict: boolean) {
  const calls: unknown[] = []
  let next = log.length
  const client = {
    task: { list: { query: () => Promise.resolve({ items: [], next_cursor: null }) } },
    change: {
      list: { query: () => Promise.resolve({ changes: log, next: log.length, has_more: false }) },
      undo: {
        mutate(input: { seq: number; through: number }) {
          calls.push(input)
          const [first_seq, last_seq] = [next + 1, (next += input.through - input.seq + 1)]
          if (!isConflict) return Promise.resolve({ changes: [], first_seq, last_seq })
          const data = { code: 'CONFLICT', httpStatus: 409, reason: 'undo_conflict' } as const
          const shape = { message: 'It was changed since', code: -32600 as const, data }
          return Promise.reject(new TaskwireError('undo_conflict', { shape }))
        },
      },
    },
  }
  const undoOne: Partial<TaskReplica> = {
    write(id, intent) {
      calls.push(intent.kind === 'undo' ? intent.seq : intent.kind)
      return writeOf({ ...task, id: id ?? -1 }, intent)
    },
  }
  const undoStack = createUndoStack(client as unknown as TaskwireClient, () => undoOne as TaskReplica)
  return { undoStack, calls }
}

const batchOfTwo = [1, 2, 3].map((seq) => ({ ...changeOf(seq, task, task), batch: seq === 1 ? null : 2 }))

test('a page that was loaded since undoes a batch by one call, redoes it by one, and undoes it again', async () => {
  const { undoStack, calls } = loadedPage(batchOfTwo, false)
  expect(await undoStack.undo()).toHaveLength(2)
  expect(await undoStack.redo()).toBe(true)
  expect(await undoStack.undo()).toHaveLength(2)
  expect(calls).toEqual([
    { seq: 2, through: 3 },
    { seq: 4, through: 5 },
    { seq: 6, through: 7 },
  ])
})

test('of a batch of which a part was changed since, the other changes are undone one by one', async () => {
  const { undoStack, calls } = loadedPage(batchOfTwo, true)
  expect(await undoStack.undo()).toHaveLength(2)
  expect(calls).toEqual([{ seq: 2, through: 3 }, 3, 2])
})

test('a page that was loaded since leaves out the tasks that were removed from the trash', async () => {
  const kept = taskWith({ id: 2 })
  const log = [
    changeOf(1, null, task),
    changeOf(2, kept, { ...kept, title: 'Call back' }),
    changeOf(3, task, { ...task, title: 'Call later' }),
    changeOf(4, task, null),
  ]
  const { undoStack, calls } = loadedPage(log, false)
  await undoStack.undo()
  expect(calls).toEqual([2])
})

/** An undo stack over a replica that can still cancel these writes, and what it found in the log. */
function waitingPage(cancellable: ReadonlySet<string>, found: readonly Change[] = []) {
  const calls: unknown[] = []
  const heard = createChangeBuffer()
  found.forEach(heard.add)
  const own: Partial<TaskReplica> = {
    cancel: ({ key }) => cancellable.has(key),
    findChange: heard.find,
    write(id, intent) {
      calls.push([id, intent.kind === 'undo' ? intent.seq : intent.kind])
      return writeOf({ ...task, id: id ?? -1 }, intent)
    },
  }
  const history = {
    async query(input: { task_id: number }) {
      calls.push(['history', input.task_id])
      return { items: [changeOf(40, task, { ...task, version: 2 }), changeOf(41, { ...task, version: 5 }, null)] }
    },
  }
  const client = { task: { history } } as unknown as TaskwireClient
  return { undoStack: createUndoStack(client, () => own as TaskReplica), calls }
}

const rename = () => writeOf(task, { kind: 'edit', fields: { title: 'x' } })

test('a write that was not sent yet is cancelled, and there is nothing to redo', async () => {
  const write = rename()
  const { undoStack, calls } = waitingPage(new Set([write.key]))
  undoStack.record([write])
  expect(await undoStack.undo()).toEqual([{ kind: 'edit', title: 'Call' }])
  expect([calls, await undoStack.redo()]).toEqual([[], false])
})

test('the change of an accepted write is that which has arrived, else it is read from the history', async () => {
  const [arrived, removed, read] = [rename(), writeOf(task, { kind: 'delete' }), rename()]
  const { undoStack, calls } = waitingPage(new Set(), [changeOf(7, task, { ...task, version: 5 })])
  const accepted: [PendingWrite, number, boolean][] = [
    [arrived, 5, false],
    [removed, 5, true],
    [read, 2, false],
  ]
  for (const [write, version, deleted] of accepted) {
    undoStack.record([write])
    undoStack.onAccepted(write, { task: { ...task, version }, deleted })
  }
  for (let undos = 0; undos < 3; undos++) await undoStack.undo()
  expect(calls).toEqual([
    ['history', 1],
    [1, 40],
    ['history', 1],
    [1, 41],
    [1, 7],
  ])
})

test('a deletion of which nothing was heard yet is undone, and not an earlier one of the same task', async () => {
  const { undoStack, calls } = waitingPage(new Set(), [changeOf(7, { ...task, version: 2 }, null)])
  const deletion = writeOf(task, { kind: 'delete' })
  undoStack.record([deletion])
  undoStack.onAccepted(deletion, { task: { ...task, version: 5 }, deleted: true })
  await undoStack.undo()
  expect(calls).toEqual([
    ['history', 1],
    [1, 41],
  ])
})

test('an undo that waits for a write which is then dropped undoes nothing', async () => {
  const write = rename()
  const { undoStack, calls } = waitingPage(new Set())
  undoStack.record([write])
  const undoing = undoStack.undo()
  undoStack.onDropped({ ...write, key: `${write.key}+` })
  expect([await undoing, calls]).toEqual([[], []])
})

test('no writes are nothing that was done, and what was undone stays to be redone', async () => {
  const { undoStack, edit, undone } = stack()
  edit('one')
  await undoStack.undo()
  undoStack.record([])
  expect(await undoStack.redo()).toBe(true)
  expect(await undoStack.redo()).toBe(false)
  expect(undone()).toEqual([1, 2])
})
