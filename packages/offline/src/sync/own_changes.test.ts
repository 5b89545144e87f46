import { expect, test } from 'vitest'
import type { Change } from '@taskwire/client'
import { changeOf, taskWith, writeOf } from '../../testing/tasks.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { PendingWrite } from '../outbox/pending_write.ts'
import type { Persister } from '../store/persister.ts'
import { createRows } from '../store/rows.ts'
import { deferOwnChanges } from './own_changes.ts'

const nothing = () => {}

/** The changes of a page whose outbox is sending the creation of a task, until `answered`. */
function pageThatCreates(title: string, details: Partial<PendingWrite> = {}) {
  const applied: Change[] = []
  const write = writeOf(taskWith({ id: -1 }), { kind: 'create', fields: { title } }, details)
  let isSending = true
  let isAccepted = false
  const outbox: Outbox = {
    get writes() {
      return isAccepted ? [] : [write]
    },
    isSending: () => isSending,
    add: nothing,
    adopt: nothing,
    cancel: () => false,
    replace: nothing,
    retry: nothing,
    close: nothing,
  }
  const rows = { ...createRows(), apply: (change: Change) => void applied.push(change) }
  const saved: number[] = []
  const persister: Persister = {
    advance: (seq) => void saved.push(seq),
    schedule: nothing,
    replaceAll: () => Promise.resolve(),
    stop: nothing,
  }
  const changes = deferOwnChanges(rows, persister, () => outbox)
  return { applied, saved, changes, answered: () => (isSending = false), accepted: () => (isAccepted = true) }
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

test('where the answer was lost the creation is held until the repeat is accepted: it would be shown twice', () => {
  const { applied, changes, answered, accepted } = pageThatCreates('Call', { attempted: true })
  const own = changeOf(1, null, taskWith({ title: 'Call' }))
  answered()
  changes.apply(own)
  changes.release()
  expect(applied).toEqual([])
  accepted()
  changes.release()
  expect(applied).toEqual([own])
})

test('the saved position stays before a held change, so that a page which opens meanwhile receives it', () => {
  const { applied, saved, changes, accepted } = pageThatCreates('Call', { attempted: true })
  const held = changeOf(7, null, taskWith({ title: 'Call' }))
  const other = changeOf(8, null, taskWith({ id: 2, title: 'Other' }))
  for (const change of [held, other]) {
    changes.apply(change)
    changes.advance(change.seq)
  }
  expect(applied).toEqual([other])
  expect(saved).toEqual([6, 6])
  accepted()
  changes.release()
  expect(saved.at(-1)).toBe(8)
})
