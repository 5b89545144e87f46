import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import { datedFields, datesWritten, fittingDates, noDates } from '../task/dates.ts'
import { addedFields, inputsOf, originalFields, settableFields } from '../task/fields.ts'
import { fitAddedFields } from '../task/fit.ts'
import { taskFieldsInput } from '../task/schema.ts'
import { type ImportedRow, type OldRow, ownerAndIdProblems, selectedTimes, timesOf } from './old_row.ts'
import type { OldColumns, OldTable } from './old_table.ts'

type SettableField = (typeof settableFields)[number]

const times = ['created_at', 'updated_at']

/** The old service's tasks: of the fields that callers set, those for which the old table has a column of the name. */
export const taskTable: OldTable = {
  name: 'task',
  requires: ['id', 'user_id', ...Object.keys(inputsOf(originalFields)), ...times],
  mapping: (columns) => {
    const fields = settableFields.filter(({ name }) => columns.has(name))
    const names = ['id', 'user_id', ...fields.map(({ name }) => name), ...times]
    return {
      imports: names,
      select: [...fields.map((field) => `${selected(field, columns)} AS ${field.name}`), ...selectedTimes],
      sets: [...names, ...(columns.has('due_date') ? ['due_at'] : [])],
      rowOf: (old) => taskRow(old, fields, columns),
    }
  },
}

function isTimestamp(column: string, columns: OldColumns): boolean {
  return columns.get(column)?.startsWith('timestamp') ?? false
}

/** An old column as JSON, in the form in which callers would send the field. */
function selected({ name, field }: SettableField, columns: OldColumns): string {
  const column = `old.${name}`
  if (field.column === 'timestamptz' && isTimestamp(name, columns)) return `to_jsonb(${column}::timestamptz)`
  // A day may have been stored as its midnight; a time of day does not fit a day.
  if (field.column === 'date' && isTimestamp(name, columns)) {
    return `CASE WHEN ${column} = ${column}::date THEN to_jsonb(${column}::date) ELSE to_jsonb(${column}) END`
  }
  return `to_jsonb(${column})`
}

function taskRow(old: OldRow, fields: readonly SettableField[], columns: OldColumns): ImportedRow {
  const values = fields.map((field) => ({ name: field.name, ...fieldValue(field, sentValue(old, field, columns)) }))
  const problems = [...ownerAndIdProblems(old), ...values.flatMap((value) => value.problems ?? [])]
  if (problems.length > 0) return { refused: problems.join('; ') }
  const { times: kept, notes } = timesOf(old)
  const { id, user_id } = old
  const { row, ignored } = withDates(Object.fromEntries(values.map(({ name, value }) => [name, value])))
  return {
    row: { user_id, id, ...row, ...kept },
    notes: [...notes, ...values.flatMap(({ note }) => note ?? []), ...ignored.map(leftOut)],
  }
}

/** The values with the dates that keep the rules about each other, and what follows from them. */
function withDates(values: Readonly<Record<string, unknown>>) {
  const { fields, ignored } = fittingDates(taskFieldsInput.parse(values), noDates)
  const none = Object.fromEntries(datedFields.filter((name) => name in values).map((name) => [name, noDates[name]]))
  return { row: { ...values, ...none, ...datesWritten(fields, noDates) }, ignored }
}

function leftOut(name: string): string {
  return `${name} did not fit: left out`
}

function sentValue(old: OldRow, { name, field }: SettableField, columns: OldColumns): unknown {
  const value = old[name]
  if (field.column !== 'timestamptz' || !isTimestamp(name, columns) || typeof value !== 'string') return value
  // PostgreSQL also has times that a caller cannot send, such as infinity.
  return Number.isNaN(Date.parse(value)) ? value : new Date(value).toISOString()
}

interface FieldValue {
  readonly value?: unknown
  readonly note?: string
  readonly problems?: readonly string[]
}

/** The value that a caller who sent the old one would have stored. */
function fieldValue({ name, field }: SettableField, sent: unknown): FieldValue {
  const isAdded = name in addedFields
  const { fitted, ignored } = isAdded ? fitAddedFields({ [name]: sent }) : { fitted: { [name]: sent }, ignored: [] }
  // The old service knew no rule for a field that it only had by name.
  if (ignored.length > 0 && sent !== null) return { value: field.default, note: leftOut(name) }
  const old = ignored.length > 0 ? null : fitted[name]
  const result = field.input?.safeParse(old, { reportInput: true })
  if (result?.success) return { value: result.data, ...noteOf(name, old, result.data) }
  if (old !== null) return { problems: result?.error.issues.map((issue) => problemOf(name, issue)) ?? [] }
  if (field.default === undefined) return { problems: [`its ${name} is empty`] }
  return { value: field.default, note: `${name} was null: taken as ${JSON.stringify(field.default)}` }
}

function noteOf(name: string, old: unknown, value: unknown): { note?: string } {
  if (isDeepStrictEqual(old, value)) return {}
  const isTrimmed = typeof old === 'string' && old.trim() === value
  return { note: isTrimmed ? `blanks around the ${name} removed` : `${name} brought into the form that is stored here` }
}

function problemOf(name: string, issue: z.core.$ZodIssue): string {
  const { input, path, message } = issue
  if (path.length === 0 && typeof input === 'string') {
    if (issue.code === 'too_small' && input === '') return `its ${name} is empty`
    if (issue.code === 'too_big') {
      return `its ${name} has ${Array.from(input).length} characters, ${issue.maximum} are allowed`
    }
  }
  const shown = Array.from(JSON.stringify(input) ?? 'absent')
  const found = shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN).join('')}...` : shown.join('')
  return `its ${[name, ...path].join('.')} is ${found}: ${message}`
}

const MAX_SHOWN = 60
