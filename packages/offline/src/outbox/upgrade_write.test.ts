import { expect, test } from 'vitest'
import type { LoggedTask } from '@taskwire/client'
import { withDefaults } from '../task_fields.ts'
import { upgradeWrite, type StoredWrite } from './upgrade_write.ts'

const time = '2026-01-01T00:00:00.000Z'
const base = withDefaults({
  id: 1,
  user_id: 'ada',
  title: 'Call',
  description: 'After four',
  created_at: time,
  updated_at: time,
  version: 3,
})
const stored = { key: 'key', at: 1, user_id: 'ada', task_id: 1, tab: 'a', base: null }

test('an edit that an older build stored names the fields that it changed', () => {
  const write: StoredWrite = { ...stored, base, intent: { kind: 'edit', title: 'Write', description: 'After four' } }
  expect(upgradeWrite(write)).toEqual({ ...stored, base, intent: { kind: 'edit', fields: { title: 'Write' } } })
})

test('an edit that an older build stored without its base keeps every field', () => {
  const write: StoredWrite = { ...stored, intent: { kind: 'edit', title: 'Write', description: null } }
  expect(upgradeWrite(write).intent).toEqual({ kind: 'edit', fields: { title: 'Write', description: null } })
})

test('a creation that an older build stored keeps its fields', () => {
  const write: StoredWrite = { ...stored, intent: { kind: 'create', title: 'Call', description: null } }
  expect(upgradeWrite(write)).toEqual({
    ...stored,
    intent: { kind: 'create', fields: { title: 'Call', description: null } },
  })
})

test('other writes, and those of this build, stay as they are', () => {
  const writes: StoredWrite[] = [
    { ...stored, intent: { kind: 'complete' } },
    { ...stored, intent: { kind: 'undo', seq: 4, before: base } },
    { ...stored, base, intent: { kind: 'edit', fields: { title: 'Write' } }, conflict: base },
  ]
  expect(writes.map(upgradeWrite)).toEqual(writes)
})

test('a task that an older build stored gets the defaults of the fields that it lacks', () => {
  // A build without these two fields stored it.
  const older: LoggedTask = JSON.parse(JSON.stringify({ ...base, description: undefined, completed: undefined }))
  const write: StoredWrite = { ...stored, base: older, intent: { kind: 'complete' }, conflict: older }
  const completed = { ...base, description: null, completed: false }
  expect(upgradeWrite(write)).toMatchObject({ base: completed, conflict: completed })
})
