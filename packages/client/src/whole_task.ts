import { taskFields, type TaskField } from './contract_data.ts'
import type { LoggedTask, Task } from './router.ts'

/** A change's task as a task of today: fields that did not exist when it was made have their default. */
export function wholeTask(task: LoggedTask): Task {
  const fields: [string, TaskField][] = Object.entries(taskFields)
  const added = Object.fromEntries(fields.flatMap(([name, field]) => (field.added ? [[name, field.default]] : [])))
  // The table names every field of a task, but its type does not say so.
  return { ...added, ...task } as Task
}
