import { localTime } from '@taskwire/calendar'
import { z } from 'zod'
import { MAX_TASKS, tooManyTasks, UnreadableFile, type DescribedTask, type ReadContext } from '../described_task.ts'
import { parsedJson } from './json.ts'
import { listTag } from './list_tag.ts'

const task = z.looseObject({
  id: z.string().optional(),
  title: z.string().optional(),
  notes: z.string().optional(),
  status: z.string().optional(),
  due: z.string().optional(),
  scheduled_time: z
    .array(z.looseObject({ start: z.string(), current: z.boolean().optional() }))
    .max(1000)
    .optional()
    .catch(undefined),
  completed: z.string().optional(),
  created: z.string().optional(),
  updated: z.string().optional(),
  deleted: z.boolean().optional(),
})
const entries = z.custom<readonly unknown[]>(Array.isArray)
const list = z.looseObject({ title: z.string().optional(), items: entries.optional() })
const file = z.looseObject({ kind: z.enum(['tasks#taskLists', 'tasks#tasks']), items: entries })

/** Google Tasks: `Tasks.json` of a Takeout, lists with their tasks; also the tasks of one list as the API answers them. */
export function* readGoogle(text: string, context: ReadContext): Generator<DescribedTask> {
  const { data, error } = file.safeParse(parsedJson(text))
  if (error !== undefined) throw new UnreadableFile('it is no Takeout of Google Tasks: its kind is not tasks#taskLists')
  const lists = data.kind === 'tasks#tasks' ? [{ items: data.items }] : data.items
  if (lists.length > MAX_TASKS) throw tooManyTasks()
  let row = 0
  for (const one of lists) {
    const { title, items = [] } = list.safeParse(one).data ?? {}
    for (const item of items) yield describedItem(++row, task.safeParse(item).data, { ...context, list: title })
  }
}

/** Names of what has no place here. */
const NO_PLACE = { parent: 'parent', links: 'links', task_recurrence_id: 'recurrence', assignmentInfo: 'assignment' }

function describedItem(
  row: number,
  item: z.infer<typeof task> | undefined,
  context: ReadContext & { readonly list: string | undefined },
): DescribedTask {
  if (item === undefined) return { row, fields: {}, lost: [], problem: 'it is not a task of Google Tasks' }
  const { id, title, notes, status, due, scheduled_time = [], completed, created, updated, deleted } = item
  const scheduled = scheduled_time.find(({ current }) => current === true) ?? scheduled_time[0]
  const dueText = due ?? scheduled?.start
  return {
    row,
    identity: id,
    fields: {
      title,
      description: notes === '' ? undefined : notes,
      completed: status === 'completed',
      ...dueOf(dueText, context),
      tags: listTag(context.list),
    },
    written: { due_date: dueText, due_time: undefined, due_zone: undefined },
    times: {
      created_at: created,
      updated_at: updated,
      completed_at: completed,
      deleted_at: deleted ? updated : undefined,
    },
    lost: Object.entries(NO_PLACE).flatMap(([key, name]) => (isFilled(item[key]) ? [name] : [])),
  }
}

/**
 * A date is the midnight of UTC in answers of the API, and in a Takeout that of the zone where the user was. Another
 * instant has a time of day.
 */
function dueOf(text: string | undefined, { zone }: ReadContext) {
  const instant = new Date(text ?? '')
  if (text === undefined || /^[\d-]+(?:T00:00:00(?:\.0+)?Z)?$/.test(text) || Number.isNaN(instant.getTime()))
    return { due_date: text?.slice(0, 10) }
  const { day, time } = localTime(instant, zone)
  return time === '00:00' ? { due_date: day } : { due_date: day, due_time: time, due_zone: zone }
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== ''
}
