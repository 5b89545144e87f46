import { z } from 'zod'
import { taskFields, type Field } from './fields.ts'
import type { ListedTask } from './schema.ts'

/** A task in an answer to an agent, which pays for every field: what it needs always, and what is not as usual. */
export const leanTask = z.looseObject({ id: z.int(), title: z.string(), version: z.int(), completed: z.boolean() })

/** What an agent has no use for in a list: times of the system, the user that it acts for, and a place compared as bytes. */
const useless = ['user_id', 'position', 'created_at', 'updated_at', 'due_at', 'completed_at', 'deleted_at']
const omitted = new Set([...useless, ...Object.keys(leanTask.shape)])

/** The task without the fields at their default, and without times and places that only a program reads. */
export function leanTaskOf(task: ListedTask): z.infer<typeof leanTask> {
  const { id, title, version, completed } = task
  const lean: z.infer<typeof leanTask> = { id, title, version, completed }
  for (const [name, value] of Object.entries(task)) {
    if (!omitted.has(name) && !isDefault(name, value)) lean[name] = value
  }
  return lean
}

const fields: ReadonlyMap<string, Field> = new Map(Object.entries(taskFields))

/** A default is a plain value or an empty list. */
function isDefault(name: string, value: unknown): boolean {
  const usual = fields.get(name)?.default
  return Array.isArray(usual) ? Array.isArray(value) && value.length === 0 : value === usual
}
