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
