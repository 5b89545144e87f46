import { expect, test } from 'vitest'
import type { Change } from '../../client.ts'
import { changeOf, taskWith, writeOf } from '../../../testing/tasks.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { createRows } from '../store/rows.ts'
import { deferOwnChanges } from './own_changes.ts'

const nothing = () => {}

/** The changes of a page whose outbox is sending the creation of a task, until `answered`. */
function pageThatCreates(title: string) {
  const applied: Change[] = []
  const write = writeOf(taskWith({ id: -1 }), { kind: 'create', fields: { title } })
  let isSending = true
  const outbox: Outbox = {
    writes: [write],
    isSending: () => isSending,
    add: nothing,
    adopt: nothing,
    cancel: () => false,
    replace: nothing,
    retry: nothing,
    close: nothing,
  }
  const rows = { ...createRows(), apply: (change: Change) => void applied.push(change) }
  const changes = deferOwnChanges(rows, () => outbox)
  return { applied, changes, answered: () => (isSending = false) }
}

test('the creation of a task of this tab is held until its answer has come, and applied once', () => {
  const { applied, changes, answered } = pageThatCreates('Call')
  const own = changeOf(1, null, taskWith({ title: 'Call' }))
  changes.apply(own)
  changes.release()
  expect(applied).toEqual([])
  answered()
  changes.release()
  changes.release()
  expect(applied).toEqual([own])
})

test('what others create or change is applied at once', () => {
  const { applied, changes } = pageThatCreates('Call')
  const created = changeOf(1, null, taskWith({ title: 'Other' }))
  const updated = changeOf(2, taskWith(), taskWith({ title: 'Call', version: 2 }))
  changes.apply(created)
  changes.apply(updated)
  expect(applied).toEqual([created, updated])
})
