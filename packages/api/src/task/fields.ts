import { z } from 'zod'
import { text, timestamp } from '../core/fields.ts'
import { columnType, type ColumnTypeName } from './columns.ts'
import { checklist, checklistJson, checklistOutput } from './inputs/checklist.ts'
import { day, dueDay, reminders, time, zone } from './inputs/dates.ts'
import { recurrence, recurrenceJson, recurrenceOutput } from './inputs/recurrence.ts'
import { tags } from './inputs/tags.ts'
import { positionSql } from './position.ts'

/**
 * The definition of one field of a task. Its name is the name of its column, and the name on every
 * transport. Inputs, answers, statements, undo, the log, the import and the published constants are derived from it.
 */
export interface Field {
  /** What callers may send. Absent: the system sets the field, and callers only read it. */
  readonly input?: z.ZodType
  readonly output: z.ZodType
  readonly column: ColumnTypeName
  /** The column as statements select it, if its value depends on other columns too. */
  readonly select?: string
  /** SQL for the JSON of the field exactly as answers have it, if PostgreSQL would write the column otherwise. */
  readonly json?: string
  /** The value of a task that was created without the field, and of one from before the field existed. */
  readonly default?: unknown
  /** A typical value in answers: the examples of the documentation are made of these. */
  readonly example: unknown
  /** It has no input, but follows from fields that have one: undo restores it with them. */
  readonly derived?: boolean
  /** The first shape of the log's entries (`taskwire.task_shape()`) in which the field exists. Absent: 1. */
  readonly shape?: number
}

const date = z.string().meta({ format: 'date' })

/** The fields of the first version: every task in every log entry has them. */
export const originalFields = {
  id: { output: z.int().meta({ description: 'Unique within the installation' }), column: 'integer', example: 1 },
  user_id: {
    output: z.string().meta({ description: 'Whose task it is: the subject of the token' }),
    column: 'text',
    example: 'alice',
  },
  title: {
    input: text.trim().min(1).max(200).meta({ description: '1 to 200 characters after trimming' }),
    output: z.string().meta({ description: '1 to 200 characters' }),
    column: 'text',
    example: 'Buy groceries',
  },
  description: {
    input: text.max(1000).nullable().meta({ description: 'At most 1000 characters; null for none' }),
    output: z.string().nullable().meta({ description: 'At most 1000 characters' }),
    column: 'text',
    default: null,
    example: 'Milk, bread and apples',
  },
  completed: {
    input: z.boolean().meta({ description: 'Whether it is done' }),
    output: z.boolean().meta({ description: 'Whether it is done' }),
    column: 'boolean',
    default: false,
    example: false,
  },
  created_at: {
    output: timestamp.meta({ description: 'When it was created' }),
    column: 'timestamptz',
    example: '2026-11-20T08:00:00.000Z',
  },
  updated_at: {
    output: timestamp.meta({ description: 'When it was last changed' }),
    column: 'timestamptz',
    example: '2026-11-20T08:00:00.000Z',
  },
  version: {
    output: z.int().meta({ description: '1 at creation, one more with every change' }),
    column: 'integer',
    example: 1,
  },
} as const satisfies Record<string, Field>

/**
 * The fields that came later. A new field is one line here and one migration that adds its column and counts up the
 * shape of the log's entries. Each has a default, because tasks in older log entries lack it.
 */
export const addedFields = {
  priority: {
    input: z
      .enum(['high', 'medium', 'low'], 'Must be high, medium or low')
      .nullable()
      .meta({ description: 'high, medium or low; null for none' }),
    output: z.enum(['high', 'medium', 'low']).nullable().meta({ description: 'null for none' }),
    column: 'text',
    default: null,
    example: 'high',
  },
  tags: {
    input: tags.meta({
      description: 'At most 20 of 1 to 50 characters, without comma or leading #; stored in lower case. [] for none',
    }),
    output: z.array(z.string()).meta({ description: 'In lower case; [] for none' }),
    column: 'text[]',
    default: [],
    example: ['home'],
  },
  due_date: {
    input: dueDay.nullable().meta({ description: 'YYYY-MM-DD; null for none, which clears due_time and due_zone too' }),
    output: date.nullable().meta({ description: 'The day on which it is due; null for none' }),
    column: 'date',
    default: null,
    example: '2026-12-01',
  },
  due_time: {
    input: time.nullable().meta({ description: 'HH:MM; needs due_date. null for none, which clears due_zone too' }),
    output: z.string().nullable().meta({ description: 'The local time at which it is due; null for the whole day' }),
    column: 'text',
    default: null,
    example: '17:00',
  },
  due_zone: {
    input: zone.nullable().meta({ description: 'IANA time zone of due_time; null: the local time wherever one is' }),
    output: z
      .string()
      .nullable()
      .meta({ description: 'The time zone of due_time; null: the local time wherever one is' }),
    column: 'text',
    default: null,
    example: 'Europe/Berlin',
  },
  due_at: {
    output: timestamp.nullable().meta({ description: 'The instant of a due date with time and zone, else null' }),
    column: 'timestamptz',
    default: null,
    derived: true,
    example: '2026-12-01T16:00:00.000Z',
  },
  start_date: {
    input: day.nullable().meta({ description: 'YYYY-MM-DD, not after due_date; null for none' }),
    output: date.nullable().meta({ description: 'The day from which it can be worked on; null for none' }),
    column: 'date',
    default: null,
    example: '2026-11-28',
  },
  reminders: {
    input: reminders.meta({
      description: 'At most 5: durations before due (PT30M, P1D) or local times (2026-12-01T08:00). [] for none',
    }),
    output: z.array(z.string()).meta({ description: 'Durations before due, or local times; [] for none' }),
    column: 'text[]',
    default: [],
    example: ['PT30M'],
  },
  recurrence: {
    input: recurrence.nullable().meta({ description: 'Completing the task makes the next one; needs due_date' }),
    output: recurrenceOutput.nullable().meta({ description: 'How it repeats; null for never' }),
    column: 'jsonb',
    json: recurrenceJson,
    default: null,
    example: { rule: 'FREQ=WEEKLY', next: 'upcoming', start: '2026-12-01', occurrence: '2026-12-01', number: 1 },
  },
  checklist: {
    input: checklist.meta({ description: 'At most 50 items; [] for none' }),
    output: checklistOutput.meta({ description: 'Its steps, in your order' }),
    column: 'jsonb',
    json: checklistJson,
    default: [],
    example: [{ id: 'milk', text: 'Milk', done: false }],
  },
  position: {
    output: z
      .string()
      .meta({ description: 'The place in your manual order, compared as bytes; set by moving the task' }),
    column: 'text',
    select: positionSql,
    // Of a task in an old entry of the log; its place follows from its id.
    default: '',
    example: 'a0',
  },
  series_id: {
    output: z.int().nullable().meta({ description: 'The first task of the series; null without a recurrence' }),
    column: 'integer',
    default: null,
    derived: true,
    example: 1,
  },
  next_task_id: {
    output: z.int().nullable().meta({ description: 'The task that the completion of this one made' }),
    column: 'integer',
    default: null,
    derived: true,
    example: null,
  },
  completed_at: {
    output: timestamp.nullable().meta({ description: 'When it was completed; null for a pending task' }),
    column: 'timestamptz',
    default: null,
    derived: true,
    example: null,
  },
} as const satisfies Record<string, Field & { readonly default: unknown }>

/** The fields of a task, in the order in which responses have them. */
export const taskFields = { ...originalFields, ...addedFields }

export type FieldName = keyof typeof taskFields
/** The fields that callers set. */
export type SettableField = keyof Inputs<typeof taskFields>

/** A typical task, for documentation. */
export const exampleTask: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries<Field>(taskFields).map(([name, { example }]) => [name, example]),
)

/** The names of all fields, in the order in which responses have them. */
export const fieldNames = Object.keys(taskFields)
export const settableFields = Object.entries<Field>(taskFields).flatMap(([name, field]) =>
  field.input === undefined ? [] : [{ name, field }],
)
/** The fields that a statement may set: those that callers set, and those that follow from them. */
export const writtenFields = Object.entries<Field>(taskFields)
  .filter(([, { input, derived }]) => input !== undefined || derived === true)
  .map(([name, field]) => ({ name, field }))

type Fields = Record<string, Field>
type Inputs<F extends Fields> = {
  [Name in keyof F as F[Name] extends { readonly input: z.ZodType } ? Name : never]: F[Name] extends {
    readonly input: infer Input extends z.ZodType
  }
    ? Input
    : never
}

/** The input schemas of the fields that callers set. */
export function inputsOf<F extends Fields>(fields: F): Inputs<F>
export function inputsOf(fields: Fields): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, { input }]) => (input === undefined ? [] : [[name, input]])),
  )
}

/** The output schemas of all fields. */
export function outputsOf<F extends Fields>(fields: F): { [Name in keyof F]: F[Name]['output'] }
export function outputsOf(fields: Fields): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(fields).map(([name, { output }]) => [name, output]))
}

type Defaulted<F extends Fields> = {
  [Name in keyof Inputs<F> as F[Name & keyof F] extends { readonly default: unknown } ? Name : never]: true
}

/** The settable fields that a new task may leave out, as a mask for zod's `partial`. */
export function defaultedOf<F extends Fields>(fields: F): Defaulted<F>
export function defaultedOf(fields: Fields): Record<string, true> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) =>
      field.input !== undefined && field.default !== undefined ? [[name, true]] : [],
    ),
  )
}

/** The output schemas of added fields, for tasks that may lack them: such a field has its default. */
export function completedOutputsOf<F extends Fields>(fields: F): { [Name in keyof F]: z.ZodDefault<F[Name]['output']> }
export function completedOutputsOf(fields: Fields): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.output.default(field.default)]))
}

/** The schemas by which all fields are read from the log. */
export function storedOf<F extends Fields>(fields: F): { [Name in keyof F]: F[Name]['output'] }
export function storedOf(fields: Fields): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { output, column }]) => {
      const { logged } = columnType(column)
      return [
        name,
        logged === undefined ? output : z.preprocess((value) => (value === null ? null : logged(value)), output),
      ]
    }),
  )
}
