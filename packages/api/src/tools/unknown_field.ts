import { z } from 'zod'
import type { FieldError } from '../errors/api_error.ts'

/** The error for an unknown argument, with the field to use instead or, where none is near, those that there are. */
export function withKnownFields(error: FieldError, input: z.ZodObject): FieldError {
  if (error.type !== 'unknown_field') return error
  const name = String(error.loc.at(-1))
  const known = fieldsAt(input, error.loc.slice(0, -1))
  const field = meantField(name, known)
  const advice = field === undefined ? (otherTools.get(name) ?? `there are ${known.join(', ')}`) : `use ${field}`
  return { ...error, msg: `There is no field ${name}; ${advice}` }
}

/** The names that an agent may use in the object at a path of the input. */
function fieldsAt(input: z.ZodObject, path: FieldError['loc']): string[] {
  let schema: unknown = input
  for (const part of path) {
    schema = withoutWrapper(schema)
    if (schema instanceof z.ZodObject) schema = new Map(Object.entries(schema.shape)).get(String(part))
    else if (schema instanceof z.ZodArray) schema = schema.element
  }
  schema = withoutWrapper(schema)
  return schema instanceof z.ZodObject ? Object.keys(schema.shape).filter((name) => name !== 'user_id') : []
}

function withoutWrapper(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? withoutWrapper(schema.unwrap()) : schema
}

function meantField(name: string, known: readonly string[]): string | undefined {
  const plain = name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase()
  const synonym = synonyms.get(plain)?.find((field) => known.includes(field))
  if (synonym !== undefined) return synonym
  const distances = known.map((field) => ({ field, distance: editDistance(plain, field) }))
  const [nearest] = distances.toSorted((a, b) => a.distance - b.distance)
  return nearest !== undefined && nearest.distance <= Math.max(1, Math.floor(plain.length / 3))
    ? nearest.field
    : undefined
}

const title = ['title', 'text', 'search']
const day = ['due_date', 'due']
const ids = ['task_ids', 'task_id']

/** What other task services and models call our fields: for each name the fields that it may mean, the likeliest first. */
const meanings: Readonly<Record<string, readonly string[]>> = {
  name: title,
  task: title,
  content: title,
  summary: title,
  text: title,
  query: ['search'],
  q: ['search'],
  filter: ['status', 'search'],
  note: ['description'],
  notes: ['description'],
  details: ['description', 'history'],
  body: ['description'],
  id: ids,
  ids,
  task_id: ids,
  task_ids: ids,
  due: day,
  due_date: day,
  date: day,
  deadline: day,
  due_on: day,
  due_at: day,
  due_datetime: day,
  time: ['due_time'],
  timezone: ['due_zone'],
  time_zone: ['due_zone'],
  zone: ['due_zone'],
  start: ['start_date'],
  tag: ['tags', 'add_tags'],
  tags: ['add_tags'],
  label: ['tags', 'add_tags'],
  labels: ['tags', 'add_tags'],
  importance: ['priority'],
  urgency: ['priority'],
  repeat: ['recurrence'],
  repeats: ['recurrence'],
  recurring: ['recurrence'],
  rrule: ['rule', 'recurrence'],
  remind: ['reminders'],
  reminder: ['reminders'],
  remind_at: ['reminders'],
  subtasks: ['checklist'],
  items: ['checklist'],
  action: ['do'],
  operation: ['do'],
  fields: ['set'],
  changes: ['set', 'history'],
  order: ['sort'],
  sort_by: ['sort'],
  count: ['limit'],
  page: ['cursor'],
  page_size: ['limit'],
  version: ['if_version'],
  change: ['seq'],
  change_id: ['seq'],
}
// Names come from callers, and `constructor` is a name that every object knows.
const synonyms: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(meanings))

/** Fields of a task that another tool sets. */
const otherTools: ReadonlyMap<string, string> = new Map([
  ['completed', 'use complete_task or reopen_task, or status to list'],
  ['done', 'use complete_task or reopen_task, or status to list'],
  ['deleted', 'use delete_task'],
])

/** How many letters have to be added, removed or replaced, or neighbours exchanged, to make one word of the other. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const exchanged = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? Infinity) + 1 : Infinity
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced, exchanged))
    }
    before = row
    row = next
  }
  return row[b.length] ?? Infinity
}
