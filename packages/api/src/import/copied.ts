import type { TableName } from './old_table.ts'

/** What became of the rows of one old table. */
export interface Copied {
  readonly table: TableName | 'user'
  copied: number
  /** Rows that exist already, from an earlier run. */
  present: number
  /** One line per row that could not be imported, with the reason. */
  readonly refused: string[]
  /** Adjustments made to imported rows: the note and the number of rows. */
  readonly notes: Map<string, number>
  /** Columns of the old table that are not imported, each with the number of rows that have a value in it. */
  readonly unused: ReadonlyMap<string, number>
}
