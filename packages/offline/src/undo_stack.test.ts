import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { changeOf, taskWith, writeOf } from '../testing/tasks.ts'
import { createTaskwireClient, TaskwireError, type Change, type TaskwireClient } from '@taskwire/client'
import { openPage } from '../testing/browser.ts'
import { createEmitter } from './emitter.ts'
import { originalKey, type PendingWrite } from './outbox/pending_write.ts'
import type { TaskReplica } from './replica.ts'
import type { Snapshot } from './snapshot.ts'
import { createChangeBuffer } from './sync/change_buffer.ts'
import { createUndoStack } from './undo_stack.ts'

openPage()
const task = taskWith()

/** Writes whose answer has not come yet, as a replica shows them. */
function onTheirWay() {
  const { emit, subscribe } = createEmitter()
  let waiting: readonly PendingWrite[] = []
  return {
    sending: (write: PendingWrite) => {
      waiting = [...waiting, write]
    },
    end: (write: PendingWrite) => {
      waiting = waiting.filter((one) => originalKey(one) !== originalKey(write))
      emit()
    },
    snapshot: (): Snapshot => ({ tasks: [], phase: 'ready', connection: 'live', waiting }),
    subscribe,
    emit,
  }
}

/** An undo stack over a replica that records what is written and cancels nothing, and answers as the server does. */
function stack() {
  const written: PendingWrite[] = []
  let seq = 0
  const unused = () => {
    throw new Error('undo needs nothing else of the replica')
  }
  const { sending, end, snapshot, subscribe } = onTheirWay()
  const replica: TaskReplica = {
    snapshot,
    subscribe,
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
    end(write)
  }
  function edit(title: string): PendingWrite {
    const write = writeOf(task, { kind: 'edit', fields: { title } })
    undoStack.record([write])
    accept(write)
    return write
  }
  /** The seq of the changes that were undone, in their order. */
  const undone = () => written.map(({ intent }) => (intent.kind === 'undo' ? intent.seq : undefined))
  return { undoStack, edit, undone, accept, sending, end }
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
  const { undoStack, undone, accept, sending } = stack()
  const write = writeOf(task, { kind: 'edit', fields: { title: 'one' } })
  undoStack.record([write])
  sending(write)
  const undoing = undoStack.undo()
  expect(undone()).toEqual([])
  accept({ ...write, key: `${write.key}+` })
  await undoing
  expect(undone()).toEqual([1])
})

test('undos that are asked for while an answer is awaited are made in their order, and a redo after them', async () => {
  const { undoStack, edit, undone, accept, sending } = stack()
  edit('one')
  const completion = writeOf(task, { kind: 'complete' })
  undoStack.record([completion])
  sending(completion)
  const all = Promise.all([undoStack.undo(), undoStack.undo(), undoStack.redo()])
  await nextTurn()
  expect(undone()).toEqual([])
  accept(completion)
  expect(await all).toEqual([[{ kind: 'complete', title: 'Call' }], [{ kind: 'edit', title: 'Call' }], true])
  // The undo of the edit was the fourth change.
  expect(undone()).toEqual([2, 1, 4])
})

test('an undo that waits for another leaves what is done meanwhile', async () => {
  const { undoStack, edit, undone, accept, sending } = stack()
  const first = writeOf(task, { kind: 'edit', fields: { title: 'one' } })
  undoStack.record([first])
  sending(first)
  const all = Promise.all([undoStack.undo(), undoStack.undo().catch(() => [])])
  edit('two')
  accept(first)
  await all
  await undoStack.undo()
  // The edits were the changes 1 and 2, as they were accepted.
  expect(undone()).toHaveLength(2)
})

test('an undo after a redo that waits undoes the redo', async () => {
  const { undoStack, edit, undone, accept, sending } = stack()
  edit('one')
  const completion = writeOf(task, { kind: 'complete' })
  undoStack.record([completion])
  sending(completion)
  const all = Promise.all([undoStack.undo(), undoStack.redo(), undoStack.undo()])
  await nextTurn()
  accept(completion)
  await all
  // The redo undid change 3, the undo of the completion, and was change 4.
  expect(undone()).toEqual([2, 3, 4])
})

test('an undo of what is dropped without a word, or was undone before, undoes nothing and keeps no other waiting', async () => {
  const { undoStack, edit, undone, sending, end } = stack()
  edit('one')
  const write = writeOf(task, { kind: 'edit', fields: { title: 'two' } })
  undoStack.record([write])
  sending(write)
  const all = Promise.all([undoStack.undo(), undoStack.undo([write]), undoStack.undo()])
  await nextTurn()
  end(write)
  expect(await all).toMatchObject([[], [], [{ kind: 'edit' }]])
  expect(undone()).toEqual([1])
})

test('an undo that fails does not keep the next from being made', async () => {
  const { undoStack, edit, undone } = stack()
  edit('one')
  const lost = writeOf(task, { kind: 'edit', fields: { title: 'two' } })
  undoStack.record([lost])
  // Its change is neither known nor found: nothing can be asked of this server.
  undoStack.onAccepted(lost, { task, deleted: false })
  expect(await Promise.all([undoStack.undo(), undoStack.undo()])).toMatchObject([[], [{ kind: 'edit' }]])
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
  const waiting: PendingWrite[] = []
  const undoOne: Partial<TaskReplica> = {
    snapshot: () => ({ tasks: [], phase: 'ready', connection: 'live', waiting }),
    write(id, intent) {
      calls.push(intent.kind === 'undo' ? intent.seq : intent.kind)
      const write = writeOf({ ...task, id: id ?? -1 }, intent)
      waiting.push(write)
      return write
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

test('two undos of a page that was loaded since are of different changes, also before the first is sent', async () => {
  const log = [1, 2, 3].map((seq) => changeOf(seq, task, { ...task, version: seq + 1 }))
  const { undoStack, calls } = loadedPage(log, false)
  expect(await Promise.all([undoStack.undo(), undoStack.undo()])).toHaveLength(2)
  expect(calls).toEqual([3, 2])
})

test('two undos of what a page has redone by one call are of that and of what was before it', async () => {
  const log = [...batchOfTwo]
  const { undoStack, calls } = loadedPage(log, false)
  await undoStack.undo()
  await undoStack.redo()
  log.splice(1)
  await Promise.all([undoStack.undo(), undoStack.undo()])
  expect(calls.slice(2)).toEqual([{ seq: 6, through: 7 }, 1])
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
  const { sending, end, emit, snapshot, subscribe } = onTheirWay()
  found.forEach(heard.add)
  const own: Partial<TaskReplica> = {
    snapshot,
    subscribe,
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
  return { undoStack: createUndoStack(client, () => own as TaskReplica), calls, sending, end, emit }
}

const rename = () => writeOf(task, { kind: 'edit', fields: { title: 'x' } })

test('a write that was not sent yet is cancelled, and there is nothing to redo', async () => {
  const write = rename()
  const { undoStack, calls } = waitingPage(new Set([write.key]))
  undoStack.record([write])
  expect(await undoStack.undo()).toEqual([{ kind: 'edit', title: 'Call' }])
  expect([calls, await undoStack.redo()]).toEqual([[], false])
})

test('what was not sent yet is cancelled at once, also while an undo waits for an answer', async () => {
  const [sent, unsent] = [rename(), rename()]
  const { undoStack, calls, sending, end } = waitingPage(new Set([unsent.key]))
  undoStack.record([sent])
  sending(sent)
  const undoing = undoStack.undo()
  undoStack.record([unsent])
  expect(await undoStack.undo()).toEqual([{ kind: 'edit', title: 'Call' }])
  undoStack.onDropped(sent)
  end(sent)
  expect([await undoing, calls]).toEqual([[], []])
})

test('a write whose answer was lost while its undo waited for it is cancelled', async () => {
  const write = rename()
  const cancellable = new Set<string>()
  const { undoStack, calls, sending, emit } = waitingPage(cancellable)
  undoStack.record([write])
  sending(write)
  const undoing = undoStack.undo()
  await nextTurn()
  emit()
  await nextTurn()
  cancellable.add(write.key)
  emit()
  expect([await undoing, calls]).toEqual([[{ kind: 'edit', title: 'Call' }], []])
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
  const { undoStack, calls, sending, end } = waitingPage(new Set())
  undoStack.record([write])
  sending(write)
  const undoing = undoStack.undo()
  undoStack.onDropped({ ...write, key: `${write.key}+` })
  end(write)
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
