import { z } from 'zod'
import { columnType } from './columns.ts'
import { taskFields, type Field } from './fields.ts'

/** A task in an answer to an agent, which pays for every field: what it needs always, and what is not as usual. */
export const leanTask = z.looseObject({ id: z.int(), title: z.string(), version: z.int(), completed: z.boolean() })

/** What an agent has no use for in a list: times of the system, the user that it acts for, and a place compared as bytes. */
const useless = ['user_id', 'position', 'created_at', 'updated_at', 'due_at', 'completed_at', 'deleted_at']

const always = Object.keys(leanTask.shape)
const others = Object.keys(taskFields).filter((name) => !always.includes(name) && !useless.includes(name))
const fields: ReadonlyMap<string, Field> = new Map(Object.entries(taskFields))

/** SQL for a lean task as `JSON.stringify` writes it. `concat` leaves out members that are null. */
export const leanTaskAsText = `concat('{', ${always.map((name, index) => memberOf(name, index)).join(', ')}, ${others
  .map((name) => `CASE WHEN ${isUnusual(name)} THEN ${memberOf(name, 1)} END`)
  .join(', ')}, '}')`

function memberOf(name: string, index: number): string {
  const { column, json, select } = fields.get(name) ?? {}
  const value = json ?? select ?? (column === undefined ? undefined : columnType(column).select?.(name)) ?? name
  return `'${index === 0 ? '' : ','}"${name}":' || to_json(${value})::text`
}

/** A default is null or an empty list. */
function isUnusual(name: string): string {
  const { column, default: usual } = fields.get(name) ?? {}
  if (usual === null) return `${name} IS NOT NULL`
  return `${name} <> '${column === 'jsonb' ? '[]' : '{}'}'`
}
