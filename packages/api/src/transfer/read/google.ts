import { z } from 'zod'
import { MAX_TASKS, tooManyTasks, UnreadableFile, type DescribedTask } from '../described_task.ts'
import { parsedJson } from './json.ts'
import { listTag } from './list_tag.ts'

const task = z.looseObject({
  id: z.string().optional(),
  title: z.string().optional(),
  notes: z.string().optional(),
  status: z.string().optional(),
  due: z.string().optional(),
  completed: z.string().optional(),
  created: z.string().optional(),
  updated: z.string().optional(),
  deleted: z.boolean().optional(),
})
const entries = z.custom<readonly unknown[]>(Array.isArray)
const list = z.looseObject({ title: z.string().optional(), items: entries.optional() })
const file = z.looseObject({ kind: z.enum(['tasks#taskLists', 'tasks#tasks']), items: entries })

/** Google Tasks: `Tasks.json` of a Takeout, lists with their tasks; also the tasks of one list as the API answers them. */
export function* readGoogle(text: string): Generator<DescribedTask> {
  const { data, error } = file.safeParse(parsedJson(text))
  if (error !== undefined) throw new UnreadableFile('it is no Takeout of Google Tasks: its kind is not tasks#taskLists')
  const lists = data.kind === 'tasks#tasks' ? [{ items: data.items }] : data.items
  if (lists.length > MAX_TASKS) throw tooManyTasks()
  let row = 0
  for (const one of lists) {
    const { title, items = [] } = list.safeParse(one).data ?? {}
    for (const item of items) yield describedItem(++row, task.safeParse(item).data, title)
  }
}

/** Names of what has no place here. */
const NO_PLACE = { parent: 'parent', links: 'links', task_recurrence_id: 'recurrence', assignmentInfo: 'assignment' }

function describedItem(
  row: number,
  item: z.infer<typeof task> | undefined,
  listName: string | undefined,
): DescribedTask {
  if (item === undefined) return { row, fields: {}, lost: [], problem: 'it is not a task of Google Tasks' }
  const { id, title, notes, status, due, completed, created, updated, deleted } = item
  return {
    row,
    identity: id,
    fields: {
      title,
      description: notes === '' ? undefined : notes,
      completed: status === 'completed',
      // Always a midnight: the product has no time of day here.
      due_date: due?.slice(0, 10),
      tags: listTag(listName),
    },
    times: {
      created_at: created,
      updated_at: updated,
      completed_at: completed,
      deleted_at: deleted ? updated : undefined,
    },
    lost: Object.entries(NO_PLACE).flatMap(([key, name]) => (isFilled(item[key]) ? [name] : [])),
  }
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== ''
}
