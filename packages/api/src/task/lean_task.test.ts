import { expect, test } from 'vitest'
import { addedDefaults } from '../../testing/added_defaults.ts'
import { exampleTask } from './fields.ts'
import { leanTaskOf } from './lean_task.ts'
import { listedTaskOutput } from './schema.ts'

const task = listedTaskOutput.parse(exampleTask)

test('an agent gets what a task has, without its times, its owner and its place', () => {
  const lean = leanTaskOf({ ...task, deleted_at: '2026-12-01T00:00:00.000Z' })
  const useless = ['user_id', 'position', 'created_at', 'updated_at', 'due_at', 'completed_at', 'deleted_at']
  for (const name of useless) expect(lean).not.toHaveProperty(name)
  expect(lean).toMatchObject({ id: 1, title: 'Buy groceries', version: 1, completed: false, tags: ['home'] })
})

test('fields at their default are left out, but for those that every task shows', () => {
  const plain = listedTaskOutput.parse({ ...exampleTask, ...addedDefaults, position: 'a', description: null })
  expect(leanTaskOf(plain)).toEqual({ id: 1, title: 'Buy groceries', version: 1, completed: false })
  expect(leanTaskOf({ ...plain, description: '', completed: true })).toMatchObject({ description: '', completed: true })
})
