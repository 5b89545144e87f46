import { TaskwireError } from '@taskwire/client'
import type { Intent } from '@taskwire/offline'
import { taskWith, writeOf } from '@taskwire/offline/testing'
import { expect, test } from 'vitest'
import { draftOf } from './list/draft.ts'
import { rejectionOf } from './rejected_write.ts'

const invalid = new TaskwireError('validation_failed')
const task = taskWith({ title: 'Rent', description: 'Monthly', version: 3 })

test.each<[Intent, string]>([
  [{ kind: 'create', fields: { title: 'New' } }, '“New” was not saved'],
  [{ kind: 'edit', fields: { title: 'Rents' } }, '“Rents” was not saved'],
  [{ kind: 'edit', fields: { tags: [] } }, '“Rent” was not saved'],
  [{ kind: 'complete' }, 'The change to “Rent” was not saved'],
  [{ kind: 'undo', seq: 1, before: null }, 'The undo was not saved'],
])('a rejected write is named: %j', (intent, title) => {
  const said = rejectionOf(writeOf(task, intent), invalid)
  expect([said.title, said.description]).toEqual([
    title,
    expect.stringContaining('The previous version is shown again.'),
  ])
})

test('an edit that is not valid is edited again with what was typed, on the version that it was meant for', () => {
  const checklist = [{ id: 'a', text: 'a'.repeat(250), done: false }]
  const fields = { title: 'Rents', checklist, tags: ['home'] }
  // The task had no id yet when the edit began.
  const write = writeOf({ ...task, id: -1 }, { kind: 'edit', fields }, { task_id: 7 })
  expect(rejectionOf(write, invalid).draft).toEqual({
    ...draftOf({ ...task, ...fields }),
    base: { ...task, id: 7 },
  })
})

test('nothing is edited again that was no edit, or failed for another reason', () => {
  const edit = writeOf(task, { kind: 'edit', fields: { title: 'Rents' } })
  const drafts = [
    rejectionOf(edit, new TaskwireError('task_not_found')),
    rejectionOf({ ...edit, base: null }, invalid),
    rejectionOf(writeOf(task, { kind: 'complete' }), invalid),
    rejectionOf(writeOf(task, { kind: 'skip', zone: 'UTC' }), 'series_ended'),
  ].map(({ draft }) => draft)
  expect(drafts).toEqual([undefined, undefined, undefined, undefined])
  expect(rejectionOf(edit, 'series_ended').description).toMatch(/^The task no longer repeats\. /)
})
