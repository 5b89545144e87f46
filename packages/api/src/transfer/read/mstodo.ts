import { z } from 'zod'
import {
  MAX_TASKS,
  tooManyTasks,
  UnreadableFile,
  type DescribedTask,
  type Pause,
  type ReadContext,
} from '../described_task.ts'
import { dayOf, localTimeOf, timeOf } from './graph_time.ts'
import { graphRule } from './graph_rule.ts'
import { parsedJson } from './json.ts'
import { listTag } from './list_tag.ts'
import { readOutlook } from './outlook.ts'

/** Microsoft To Do: the lists with their tasks as Graph answers them, or the CSV of Outlook. */
export function readMsTodo(text: string, context: ReadContext): Generator<DescribedTask | Pause> {
  return /^\uFEFF?\s*[[{]/.test(text) ? readGraph(text, context) : readOutlook(text)
}

/** Its entries are judged one by one: a refusal of each of millions would fill the memory. */
const entryList = z.custom<readonly unknown[]>(Array.isArray)
const anyList = entryList.optional().catch(undefined)
const time = z.looseObject({ dateTime: z.string(), timeZone: z.string().optional() }).nullish().catch(undefined)
const task = z.looseObject({
  id: z.string().optional(),
  title: z.string(),
  status: z.string().optional(),
  importance: z.string().optional(),
  body: z.looseObject({ content: z.string().nullish(), contentType: z.string().optional() }).nullish().catch(undefined),
  categories: anyList,
  dueDateTime: time,
  startDateTime: time,
  completedDateTime: time,
  reminderDateTime: time,
  isReminderOn: z.boolean().optional().catch(undefined),
  recurrence: z.unknown().optional(),
  checklistItems: anyList,
})
const list = z.looseObject({ displayName: z.string().optional(), tasks: entryList })
const page = z.looseObject({ value: entryList })
const lists = z.looseObject({ lists: entryList })

function* readGraph(text: string, context: ReadContext): Generator<DescribedTask> {
  const value = parsedJson(text)
  const all = page.safeParse(value).data?.value ?? lists.safeParse(value).data?.lists ?? value
  const entries: readonly unknown[] = Array.isArray(all) ? all : [all]
  if (entries.length > MAX_TASKS) throw tooManyTasks()
  const found = entries.map((entry) => list.safeParse(entry).data)
  const isLists = found.some((one) => one !== undefined)
  if (!isLists && !entries.some((entry) => task.safeParse(entry).success)) {
    throw new UnreadableFile('it has no lists with tasks, and no tasks, of Microsoft Graph')
  }
  let row = 0
  if (!isLists) for (const entry of entries) yield described(++row, entry, context)
  for (const one of found) {
    for (const entry of one?.tasks ?? []) yield described(++row, entry, { ...context, list: one?.displayName })
  }
}

function described(
  row: number,
  value: unknown,
  context: ReadContext & { readonly list?: string | undefined },
): DescribedTask {
  const { data } = task.safeParse(value)
  if (data === undefined) return { row, fields: {}, lost: [], problem: 'it is not a task of Microsoft To Do' }
  const { body, importance, categories = [], checklistItems = [], recurrence, reminderDateTime, isReminderOn } = data
  const content = body?.content ?? ''
  const rule = recurrence === null || recurrence === undefined ? undefined : graphRule(recurrence)
  return {
    row,
    identity: data.id,
    fields: {
      title: data.title,
      description: content.trim() === '' ? undefined : body?.contentType === 'html' ? textOfHtml(content) : content,
      completed: data.status === 'completed',
      // Normal is what a task has whose importance nobody has set.
      priority: importance === 'high' || importance === 'low' ? importance : undefined,
      tags: [
        ...categories.flatMap((name) => (typeof name === 'string' ? listTag(name) : [])),
        ...listTag(context.list),
      ],
      due_date: dayOf(data.dueDateTime),
      start_date: dayOf(data.startDateTime),
      reminders: isReminderOn === true ? [localTimeOf(reminderDateTime, context.zone)].flatMap((at) => at ?? []) : [],
      recurrence: rule,
      checklist: checklistItems.flatMap(checklistItem),
    },
    written:
      isReminderOn === true ? { reminders: [reminderDateTime?.dateTime, reminderDateTime?.timeZone] } : undefined,
    times: {
      created_at: data['createdDateTime'],
      updated_at: data['lastModifiedDateTime'],
      completed_at: timeOf(data.completedDateTime),
    },
    lost: [
      ...(recurrence !== null && recurrence !== undefined && rule === undefined ? ['recurrence'] : []),
      ...(data['hasAttachments'] === true ? ['attachments'] : []),
      ...(Array.isArray(data['linkedResources']) && data['linkedResources'].length > 0 ? ['links'] : []),
      ...(data.status === 'waitingOnOthers' || data.status === 'deferred' ? [`status ${data.status}`] : []),
    ],
  }
}

const item = z.looseObject({ displayName: z.string(), isChecked: z.unknown().optional() })

function checklistItem(value: unknown) {
  const { data } = item.safeParse(value)
  return data === undefined ? [] : [{ text: data.displayName, done: data.isChecked === true }]
}

function textOfHtml(html: string): string {
  return html
    .replaceAll(/<(br|\/p|\/div|\/li)\b[^<>]*>/gi, '\n')
    .replaceAll(/<[^<>]*>/g, '')
    .replaceAll(/&(lt|gt|quot|nbsp|#39|amp);/g, (_, name: string) => ENTITIES[name] ?? '')
    .trim()
}
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', nbsp: ' ', '#39': "'", amp: '&' }
