import { beforeEach, expect, test } from 'vitest'
import { openPage, taskWith, type FakePage } from '@taskwire/offline/testing'
import { storedWelcome, storeWelcome, clearWelcome } from '../welcome/welcome_mark.ts'
import { createDraftStore } from '../drafts.ts'
import { clearTrash, storedTrash, storeTrash } from './stored_trash.ts'

let page: FakePage
beforeEach(() => {
  page = openPage()
})

const deleted = { ...taskWith(), deleted_at: '2026-01-02T00:00:00.000Z' }

test('the trash is found again by its user, and removed by another one', () => {
  storeTrash('ada', [deleted])
  expect(storedTrash('ada')).toEqual([deleted])
  expect(storedTrash('bob')).toBeUndefined()
  expect(page.storage.length).toBe(0)
})

test('the trash of a build with other fields is removed, and so it is where the storage is full', () => {
  const text = JSON.stringify({ user_id: 'ada', shape: 'other', tasks: [deleted] })
  page.storage.setItem('taskwire.trash', text)
  expect(storedTrash('ada')).toBeUndefined()
  expect(page.storage.length).toBe(0)
  storeTrash('ada', [deleted])
  const full = () => {
    throw new DOMException('full', 'QuotaExceededError')
  }
  Object.assign(page.storage, { setItem: full })
  storeTrash('ada', [])
  expect(page.storage.length).toBe(0)
})

test('a sign-out clears the trash', () => {
  storeTrash('ada', [deleted])
  clearTrash()
  expect(storedTrash('ada')).toBeUndefined()
})

test('the mark of a new account is that of its user', () => {
  expect(storedWelcome('ada')).toBeUndefined()
  storeWelcome({ user_id: 'ada', ids: [1] })
  expect([storedWelcome('ada')?.ids, storedWelcome('bob')]).toEqual([[1], undefined])
  clearWelcome()
  expect([storedWelcome('ada'), page.storage.length]).toEqual([undefined, 0])
  page.storage.setItem('taskwire.welcome', '"text"')
  expect(storedWelcome('ada')).toBeUndefined()
})

test('a draft that is emptied or cleared leaves nothing, and one of a build with other fields is not taken over', () => {
  const drafts = createDraftStore('ada')
  drafts.save({ new_task: 'Half' })
  const [, text] = ['', page.storage.getItem('taskwire.drafts') ?? '']
  drafts.save({ new_task: '' })
  expect(page.storage.length).toBe(0)
  drafts.save({ new_task: 'Half' })
  drafts.clear()
  expect([page.storage.length, drafts.load()]).toEqual([0, { new_task: '', edit: undefined }])
  page.storage.setItem('taskwire.drafts', JSON.stringify({ ...JSON.parse(text), shape: 'other' }))
  expect(createDraftStore('ada').load().new_task).toBe('')
  page.storage.setItem('taskwire.drafts', text)
  expect(createDraftStore('ada').load().new_task).toBe('Half')
})
