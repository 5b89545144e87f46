import { expect, test } from 'vitest'
import { openPage } from '@taskwire/offline/testing'
import { createDraftStore } from './drafts.ts'

test('a draft is found again by its user, and by nobody else', () => {
  const { storage } = openPage()
  createDraftStore('ada').save({ new_task: 'Half typed' })
  expect(createDraftStore('ada').load().new_task).toBe('Half typed')
  expect(createDraftStore('bob').load().new_task).toBe('')
  expect(storage.length).toBe(0)
})

test('a draft that was emptied is not kept, and one of a build with other fields is not taken over', () => {
  const { storage } = openPage()
  const drafts = createDraftStore('ada')
  drafts.save({ new_task: 'Half typed' })
  const stored = JSON.parse(storage.getItem('taskwire.drafts') ?? '{}')
  drafts.save({ new_task: '' })
  expect(storage.length).toBe(0)
  storage.setItem('taskwire.drafts', JSON.stringify({ ...stored, shape: 'another' }))
  expect(createDraftStore('ada').load().new_task).toBe('')
  storage.setItem('taskwire.drafts', JSON.stringify(stored))
  const found = createDraftStore('ada')
  expect(found.load().new_task).toBe('Half typed')
  found.clear()
  expect([found.load().new_task, storage.length]).toEqual(['', 0])
})

test('where the storage is full, typing goes on, and no older draft is left in it', () => {
  const { storage } = openPage()
  const drafts = createDraftStore('ada')
  drafts.save({ new_task: 'Half' })
  Object.assign(storage, {
    setItem() {
      throw new DOMException('full', 'QuotaExceededError')
    },
  })
  drafts.save({ new_task: 'Half typed' })
  expect(drafts.load().new_task).toBe('Half typed')
  expect(storage.length).toBe(0)
})
