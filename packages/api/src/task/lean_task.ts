import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { taskFields, type Field } from './fields.ts'
import type { ListedTask } from './schema.ts'

/** A task in an answer to an agent, which pays for every field: what it needs always, and what is not as usual. */
export const leanTask = z.looseObject({ id: z.int(), title: z.string(), version: z.int(), completed: z.boolean() })

/** What an agent has no use for in a list: times of the system, the user that it acts for, and a place compared as bytes. */
const omitted = new Set(['user_id', 'position', 'created_at', 'updated_at', 'due_at', 'completed_at', 'deleted_at'])

/** The task without the fields at their default, and without times and places that only a program reads. */
export function leanTaskOf({ id, title, version, completed, ...rest }: ListedTask): z.infer<typeof leanTask> {
  const other = Object.entries(rest).filter(([name, value]) => !omitted.has(name) && !isDefault(name, value))
  return { id, title, version, completed, ...Object.fromEntries(other) }
}

const fields: Readonly<Record<string, Field>> = taskFields

function isDefault(name: string, value: unknown): boolean {
  return isDeepStrictEqual(value, fields[name]?.default)
}
