/** How PostgreSQL holds a field's value, where a statement or the log shows it otherwise than the wire does. */
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
    // In whatever time zone the session had that wrote the entry.
    logged: (value) => (typeof value === 'string' ? new Date(value).toISOString() : value),
  },
  // As text: the driver would make it midnight of the server's own time zone.
  date: { select: (column) => `to_char(${column}, 'YYYY-MM-DD')` },
  'text[]': {},
  // As text: the driver would write a list as PostgreSQL's array.
  jsonb: { parameter: (value) => JSON.stringify(value) },
} as const satisfies Record<string, ColumnType>

export type ColumnTypeName = keyof typeof columnTypes

/** `columnTypes[name]`, read as what every one of them may have. */
export function columnType(name: ColumnTypeName): ColumnType {
  return columnTypes[name]
}
