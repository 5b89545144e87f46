import { afterAll, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'
import { getTask } from './get_task.ts'

const api = await testServices()
afterAll(api.close)

test('each change has the fields in which its two sides differ, and the links that it has', async () => {
  const { task, change } = api.caller(newUser())
  const created = await task.create({ title: 'a', tags: ['x'], checklist: [{ id: 'i', text: 'I' }] })
  const task_id = created.id
  await task.update({ task_id, checklist: [{ id: 'i', text: 'I', done: true }] })
  await change.undo({ seq: 2 })
  const last = await task.delete({ task_id })
  const { changes } = await getTask.result(last, api.services, { history: true })
  expect(changes).toEqual([
    {
      seq: 4,
      kind: 'deleted',
      via: 'trpc',
      actor: null,
      created_at: expect.any(String),
      before: { title: 'a' },
      after: null,
    },
    {
      seq: 3,
      kind: 'updated',
      via: 'trpc',
      actor: null,
      created_at: expect.any(String),
      undoes: 2,
      before: { version: 2, checklist: [{ id: 'i', text: 'I', done: true }] },
      after: { version: 3, checklist: [{ id: 'i', text: 'I', done: false }] },
    },
    {
      seq: 2,
      kind: 'updated',
      via: 'trpc',
      actor: null,
      created_at: expect.any(String),
      before: { version: 1, checklist: [{ id: 'i', text: 'I', done: false }] },
      after: { version: 2, checklist: [{ id: 'i', text: 'I', done: true }] },
    },
    {
      seq: 1,
      kind: 'created',
      via: 'trpc',
      actor: null,
      created_at: expect.any(String),
      before: null,
      after: { title: 'a' },
    },
  ])
})

test('the history is that of the task alone, and is read where it is asked for', async () => {
  const { task } = api.caller(newUser())
  await task.create({ title: 'other' })
  const created = await task.create({ title: 'a' })
  expect(await getTask.result(created, api.services, {})).toEqual({ task: created })
  expect(await getTask.result(created, api.services, { history: true })).toMatchObject({ changes: [{ seq: 2 }] })
})
