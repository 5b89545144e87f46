import type { CsvRow } from './csv.ts'

/** A row's cell by the name of its column, in any letter case; undefined where it is empty or there is no such column. */
export type NamedCells = (name: string) => string | undefined

/** The columns of a header line by their names. */
export function columnsOf({ cells }: CsvRow): ReadonlyMap<string, number> {
  return new Map(cells.map((cell, index) => [columnName(cell ?? ''), index] as const).toReversed())
}

export function columnName(text: string): string {
  return text.trim().toLowerCase()
}

export function namedCells(columns: ReadonlyMap<string, number>, { cells }: CsvRow): NamedCells {
  return (name) => {
    const index = columns.get(columnName(name))
    const cell = index === undefined ? null : cells[index]
    return cell === null || cell === undefined || cell.trim() === '' ? undefined : cell
  }
}

/** The names of those columns that have a value in a row. */
export function filledColumns(cells: NamedCells, names: readonly string[]): string[] {
  return names.filter((name) => cells(name) !== undefined)
}
