import { z } from 'zod'
import { settableFields } from '../../task/fields.ts'
import { UnreadableFile, type DescribedTask, type TaskOrigin } from '../described_task.ts'
import { taskUid } from '../task_uid.ts'
import { parsedJson } from './json.ts'

const tasks = z.array(z.looseObject({}))
const file = z.union(
  [
    z.looseObject({ format: z.literal('taskwire'), tasks, trash: tasks.optional() }),
    tasks.transform((all) => ({ tasks: all, trash: undefined })),
  ],
  'it is no export of Taskwire',
)

/** Our JSON: an export, or the array of tasks that a list answers. */
export function* readTaskwire(text: string): Generator<DescribedTask> {
  const { data, error } = file.safeParse(parsedJson(text))
  if (error !== undefined) throw new UnreadableFile('it is no export of Taskwire: it has no format and tasks of ours')
  let row = 0
  for (const task of data.tasks) yield describedRow(++row, task)
  for (const task of data.trash ?? []) yield describedRow(++row, task)
}

const identified = z.object({ id: z.int().positive(), user_id: z.string(), created_at: z.iso.datetime() })

/** A task with the names and values of ours, from whichever kind of file. */
export function describedRow(row: number, task: Readonly<Record<string, unknown>>): DescribedTask {
  const known = identified.safeParse(task).data
  const { created_at, updated_at, completed_at, deleted_at } = task
  return {
    row,
    identity: known && taskUid(known.user_id, known),
    fields: Object.fromEntries(settableFields.map(({ name }) => [name, task[name]])),
    times: { created_at, updated_at, completed_at, deleted_at },
    origin: known && originOf(known.id, task),
    lost: [],
  }
}

export function originOf(id: number, task: Readonly<Record<string, unknown>>): TaskOrigin {
  const { series_id, next_task_id, position, recurrence } = task
  return { id, series_id, next_task_id, position, recurrence }
}
