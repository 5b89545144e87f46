import { z } from 'zod'
import { settableFields } from '../../task/fields.ts'
import { UnreadableFile, type DescribedTask, type TaskOrigin } from '../described_task.ts'
import { taskUid } from '../task_uid.ts'
import { parsedJson } from './json.ts'

/** Its entries are judged one by one: a refusal of each of millions would fill the memory. */
const tasks = z.custom<readonly unknown[]>(Array.isArray)
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
  if (error !== undefined) throw new UnreadableFile(NO_EXPORT)
  let row = 0
  for (const list of [data.tasks, data.trash ?? []]) {
    for (const entry of list) yield describedRow(++row, taskIn(entry))
  }
}

const NO_EXPORT = 'it is no export of Taskwire: it has no format and tasks of ours'
const oneTask = z.looseObject({})

function taskIn(entry: unknown): Readonly<Record<string, unknown>> {
  const { data } = oneTask.safeParse(entry)
  if (data === undefined) throw new UnreadableFile(NO_EXPORT)
  return data
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
