import { afterAll, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'
import { operations } from '../core/operations.ts'
import { appRouter } from '../router.ts'
import { tools } from '../tools/tools.ts'
import { exampleTask } from './fields.ts'
import { taskFieldsInput, type TaskFields } from './schema.ts'

const api = await testServices()
afterAll(api.close)

const listTool = tools(operations(appRouter)).find(({ name }) => name === 'list_tasks')

/** How an agent gets a task with these fields, that is in the trash. */
async function lean(fields: TaskFields & { readonly title: string }): Promise<unknown> {
  const user = newUser()
  const { id } = await api.caller(user).task.create(fields)
  await api.caller(user).task.delete({ task_id: id })
  const answer = await listTool?.run(await api.context(user), { status: 'deleted' })
  expect(answer).toEqual({ tasks: [expect.objectContaining({ id })], next_cursor: null })
  const [task] = Array.isArray(answer?.['tasks']) ? answer['tasks'] : []
  return task
}

test('an agent gets what a task has, without its times, its owner and its place', async () => {
  const fields = taskFieldsInput.strip().parse(exampleTask)
  const task = await lean({ ...fields, title: 'Buy groceries' })
  const useless = ['user_id', 'position', 'created_at', 'updated_at', 'due_at', 'completed_at', 'deleted_at']
  for (const name of useless) expect(task).not.toHaveProperty(name)
  expect(task).toMatchObject({ title: 'Buy groceries', completed: false, tags: ['home'], checklist: [{ id: 'milk' }] })
})

test('fields at their default are left out, but for those that every task shows', async () => {
  const id: unknown = expect.any(Number)
  expect(await lean({ title: 'a' })).toEqual({ id, title: 'a', version: 2, completed: false })
  const task = { id, title: 'a', version: 2, completed: true, description: '' }
  expect(await lean({ title: 'a', description: '', completed: true })).toEqual(task)
})
