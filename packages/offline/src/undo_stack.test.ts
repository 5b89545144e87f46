import { expect, test } from 'vitest'
import { changeOf, taskWith, writeOf } from '../testing/tasks.ts'
import { createTaskwireClient } from '@taskwire/client'
import { openPage } from '../testing/browser.ts'
import type { PendingWrite } from './outbox/pending_write.ts'
import type { TaskReplica } from './replica.ts'
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
    rowKey: unused,
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
