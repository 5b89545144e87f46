import { instantOf, isRelativeReminder, isZone } from '@taskwire/calendar'
import type { FieldError } from '../errors/api_error.ts'
import { ruleProblem, storedRecurrence } from './recurrence.ts'
import type { Task, TaskFields } from './schema.ts'

/** The fields of which some have a rule about another. */
export const datedFields = ['due_date', 'due_time', 'due_zone', 'start_date', 'reminders', 'recurrence'] as const
export type DatedField = (typeof datedFields)[number]
export type Dates = Pick<Task, DatedField>

/** The dates of a task before it is created. */
export const noDates: Dates = {
  due_date: null,
  due_time: null,
  due_zone: null,
  start_date: null,
  reminders: [],
  recurrence: null,
}

export function isDatedField(name: string): name is DatedField {
  return datedFields.some((dated) => dated === name)
}

export function isDated(fields: TaskFields): boolean {
  return datedFields.some((name) => fields[name] !== undefined)
}

/**
 * The rules that a task would violate after a write, each with the field that the rule is about. A rule about a field
 * that `before` does not know is left out, so that those which any task would violate can be told without a task.
 */
export function dateProblems(sent: TaskFields, before: Partial<Dates>): FieldError[] {
  const { due_date, due_time, due_zone, start_date, reminders } = { ...before, ...datesSetBy(sent) }
  const problems: FieldError[] = []
  const add = (name: DatedField, msg: string) => problems.push({ type: 'custom', loc: [name], msg })
  if (due_date === null && typeof due_time === 'string') add('due_time', 'Needs due_date')
  if (due_time === null && typeof due_zone === 'string') add('due_zone', 'Needs due_time')
  // One that was stored by a runtime with newer time zone data.
  if (typeof due_zone === 'string' && !isZone(due_zone)) add('due_zone', 'Unknown time zone')
  if (typeof due_date === 'string' && typeof start_date === 'string' && start_date > due_date) {
    add('start_date', 'Must not be after due_date')
  }
  if (due_date === null && reminders?.some(isRelativeReminder) === true) {
    if (sent.due_date === null) add('due_date', 'reminders need due_date: clear both')
    else add('reminders', 'Needs due_date')
  }
  return [...problems, ...recurrenceProblems(sent, before, due_date)]
}

function recurrenceProblems(
  sent: TaskFields,
  before: Partial<Dates>,
  due_date: string | null | undefined,
): FieldError[] {
  const recurrence = sent.recurrence === undefined ? before.recurrence : sent.recurrence
  if (recurrence === undefined || recurrence === null) return []
  if (due_date === null) {
    if (sent.due_date !== null) return [{ type: 'custom', loc: ['recurrence'], msg: 'Needs due_date' }]
    return [{ type: 'custom', loc: ['due_date'], msg: 'recurrence needs due_date: clear both' }]
  }
  // A rule that is stored already was judged when it was set.
  if (sent.recurrence === undefined || due_date === undefined) return []
  return [ruleProblem(recurrence, due_date) ?? []].flat()
}

/** The fields of a task with a recurrence as it is stored. */
export type StoredFields = Omit<TaskFields, 'recurrence'> & Partial<Pick<Task, 'recurrence' | 'due_at'>>

/** Everything that a write of valid fields sets: beside what was sent, what is cleared with it, and `due_at`. */
export function fieldsWritten(sent: TaskFields, before: Dates): StoredFields {
  const { recurrence: _, ...others } = sent
  return isDated(sent) ? { ...others, ...datesWritten(sent, before) } : others
}

/** Everything that a write of valid dates sets: beside what was sent, what is cleared with it, and `due_at`. */
export function datesWritten(sent: TaskFields, before: Dates): Partial<Dates> & Pick<Task, 'due_at'> {
  const set = datesSetBy(sent)
  const left = { ...before, ...set }
  return { ...set, ...recurrenceSetBy(sent, before, left.due_date), due_at: dueAt(left) }
}

function recurrenceSetBy({ recurrence }: TaskFields, before: Dates, due_date: string | null): Partial<Dates> {
  if (recurrence === undefined) return {}
  if (recurrence === null || due_date === null) return { recurrence: null }
  return { recurrence: storedRecurrence(recurrence, due_date, before.recurrence) }
}

/** The dates that a write sets: without a date there is no time, without a time no zone. */
function datesSetBy({
  due_date,
  due_time,
  due_zone,
  start_date,
  reminders,
}: TaskFields): Partial<Omit<Dates, 'recurrence'>> {
  return {
    ...(due_date === null ? { due_time: null } : {}),
    ...(due_date === null || due_time === null ? { due_zone: null } : {}),
    ...(due_date === undefined ? {} : { due_date }),
    ...(due_time === undefined ? {} : { due_time }),
    ...(due_zone === undefined ? {} : { due_zone }),
    ...(start_date === undefined ? {} : { start_date }),
    ...(reminders === undefined ? {} : { reminders }),
  }
}

/** The instant of a date with a time and a zone, as RFC 3339 in UTC; else null. */
export function dueAt({
  due_date,
  due_time,
  due_zone,
}: Pick<Dates, 'due_date' | 'due_time' | 'due_zone'>): string | null {
  if (due_date === null || due_time === null || due_zone === null) return null
  return instantOf({ day: due_date, time: due_time }, due_zone).toISOString()
}

/** The fields of a write that keep the rules, and the names of the others. */
export interface FittingDates {
  readonly fields: TaskFields
  readonly ignored: readonly DatedField[]
}

/** Leaves out of a write what violates a rule: the field at fault or, where that is a stored one, all dates. */
export function fittingDates(sent: TaskFields, before: Partial<Dates>): FittingDates {
  const faults = dateProblems(sent, before).map(({ loc: [name] }) => name)
  if (faults.length === 0) return { fields: sent, ignored: [] }
  const sentDates = datedFields.filter((name) => sent[name] !== undefined)
  const atFault = sentDates.filter((name) => faults.includes(name))
  const left = atFault.length > 0 ? atFault : sentDates
  const rest = fittingDates({ ...sent, ...Object.fromEntries(left.map((name) => [name, undefined])) }, before)
  return { fields: rest.fields, ignored: [...left, ...rest.ignored] }
}
