import { taskFields } from '../../task/fields.ts'
import type { Task } from '../../task/schema.ts'
import { csvCell } from '../text/csv.ts'

const names = Object.keys(taskFields)

/** The line that names the columns: the fields of a task. */
export const csvHeader = `${names.join(',')}\r\n`

export function csvRow(task: Task): string {
  const values: Readonly<Record<string, unknown>> = task
  return `${names.map((name) => csvCell(cellOf(values[name]))).join(',')}\r\n`
}

/** Tags and reminders, which have no commas, as one text with commas; objects as JSON. */
function cellOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return JSON.stringify(value)
  if (value.length === 0) return null
  return value.every((entry) => typeof entry === 'string') ? value.join(',') : JSON.stringify(value)
}
