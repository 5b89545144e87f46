import { expect, test } from 'vitest'
import { idOfUid, taskUid } from './task_uid.ts'

const created_at = '2026-11-20T08:00:00.000Z'

test('the uid of a task tells its id, and is another for each task, owner and time of creation', () => {
  const uid = taskUid('ann', { id: 7, created_at })
  expect(uid).toMatch(/^7-[0-9a-z]+-[0-9a-f]{12}@taskwire$/)
  expect(idOfUid(uid)).toBe(7)
  const others = [
    taskUid('bob', { id: 7, created_at }),
    taskUid('ann', { id: 8, created_at }),
    taskUid('ann', { id: 7, created_at: '2026-11-20T08:00:00.001Z' }),
  ]
  expect(new Set([uid, ...others]).size).toBe(4)
  expect(taskUid('ann', { id: 7, created_at })).toBe(uid)
})

test.each([
  '7',
  '7-abc@taskwire',
  '-1-abc-0123456789ab@taskwire',
  '12345678901-a-0123456789ab@taskwire',
  'x7-a-0123456789ab@taskwire',
  '7-a-0123456789ab@taskwire.org',
  '7-a-0123456789abc@taskwire',
])('%s is the uid of no task of ours', (uid) => {
  expect(idOfUid(uid)).toBeUndefined()
})
