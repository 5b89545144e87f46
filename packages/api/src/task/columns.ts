import type { z } from 'zod'

/** How PostgreSQL represents a field's value, if a statement or the log differs from the wire format. */
export interface ColumnType {
  /** The column as a statement selects it. */
  readonly select?: (column: string) => string
  /** A value of the wire as a statement's parameter. */
  readonly parameter?: (value: unknown) => unknown
  /** A value of the log, which holds rows as `to_jsonb` writes them, as the wire shows it. Never called with null. */
  readonly logged?: (value: unknown) => unknown
}

/** The column types that a field of a task may have, by the name by which statements cast to them. */
export const columnTypes = {
  text: {},
  boolean: {},
  integer: {},
  timestamptz: {
    select: (column) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
    // In the time zone of the session that wrote the entry.
    logged: (value) => (typeof value === 'string' ? new Date(value).toISOString() : value),
  },
  // As text, because the driver would turn it into midnight in the server's own time zone.
  date: { select: (column) => `to_char(${column}, 'YYYY-MM-DD')` },
  'text[]': {},
  // As text, because the driver would write a list as a PostgreSQL array.
  jsonb: { parameter: (value) => JSON.stringify(value) },
} as const satisfies Record<string, ColumnType>

export type ColumnTypeName = keyof typeof columnTypes

/** `columnTypes[name]` with the type that all of them share. */
export function columnType(name: ColumnTypeName): ColumnType {
  return columnTypes[name]
}

/** The members of a `jsonb` object as columns, in the order in which answers have them. */
export function membersOf(column: string, { shape }: z.ZodObject): string {
  return Object.keys(shape)
    .map((name) => `${column}->'${name}' AS ${name}`)
    .join(', ')
}
