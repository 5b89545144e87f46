import { taskFields, type TaskField, type LoggedTask, type Task } from '@taskwire/client'

export type SettableField = {
  [Name in keyof typeof taskFields]: (typeof taskFields)[Name]['settable'] extends true ? Name : never
}[keyof typeof taskFields]

/** The fields that a write sets, with their new values. A field that is not named keeps its value. */
export type FieldChanges = Readonly<Partial<Pick<Task, SettableField>>>

/** A task, or a part of one, read by field names that are only known at run time. */
export type FieldValues = Readonly<Record<string, unknown>>

export interface Field extends TaskField {
  /** Fields of one group only make sense together: they merge and conflict as one. */
  readonly mergeGroup?: string
}

export type FieldTable = Readonly<Record<string, Field>>

/** The published fields of a task: everything here that concerns "all fields" is derived from this table. */
export const fieldTable: FieldTable = withMergeGroups(taskFields)

function withMergeGroups(table: Readonly<Record<string, TaskField>>): FieldTable {
  const due = new Set<string>(['due_date', 'due_time', 'due_zone'] satisfies SettableField[])
  return Object.fromEntries(
    Object.entries(table).map(([name, field]) => [name, due.has(name) ? { ...field, mergeGroup: 'due' } : field]),
  )
}

export const settableFields: readonly string[] = Object.keys(fieldTable).filter((name) => fieldTable[name]?.settable)

/** Stored beside rows, so that rows which were read with another table of fields are recognised. */
export const tableShape = Object.keys(fieldTable).toSorted().join(' ')

const defaults: FieldValues = Object.fromEntries(
  Object.entries(fieldTable).flatMap(([name, field]) => (field.default === undefined ? [] : [[name, field.default]])),
)

type FieldWithoutDefault = {
  [Name in keyof typeof taskFields]: (typeof taskFields)[Name] extends { readonly default: unknown } ? never : Name
}[keyof typeof taskFields]

/** A task that may lack fields that have a default: a new one, or one from before a field was added. */
export type IncompleteTask = Partial<LoggedTask> & Pick<Task, FieldWithoutDefault>

/** The task as the server answers it today: the fields that it lacks have their default. */
export function withDefaults(task: IncompleteTask): Task {
  // The table has a default for every field that the parameter's type allows to be absent.
  return { ...defaults, ...task } as Task
}

/** The settable fields of a task that exist in it. */
export function settableValues(task: FieldValues): FieldValues {
  return Object.fromEntries(settableFields.filter((name) => name in task).map((name) => [name, task[name]]))
}

/** The part of `changes` whose values differ from those of `task`. */
export function differingFields<Changes extends FieldValues>(changes: Changes, task: FieldValues): Partial<Changes> {
  const entries = Object.entries(changes).filter(([name, value]) => !isSameValue(value, task[name]))
  return Object.fromEntries(entries) as Partial<Changes>
}

/** Deep equality of JSON values. A field that is absent equals one that is null. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if ((a ?? null) === (b ?? null)) return true
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return false
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => name in b && isSameValue(a[name], b[name]))
}

function isObject(value: unknown): value is FieldValues {
  return typeof value === 'object' && value !== null
}
