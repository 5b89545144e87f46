import { LINES_AT_ONCE, PAUSE, UnreadableFile, type Pause } from '../described_task.ts'

/** A row of a CSV file. `null` is an empty cell without quotes, `''` one with quotes. */
export interface CsvRow {
  readonly line: number
  readonly cells: readonly (string | null)[]
}

/** The longest row that is read, in characters: a quote that is never closed must not take the whole file. */
const MAX_ROW = 200_000

/**
 * Reads CSV (RFC 4180) with any line ends, and with commas, semicolons or tabs, whichever its first line has most of.
 * Empty lines are left out.
 */
export function* csvRows(text: string): Generator<CsvRow | Pause> {
  const delimiter = delimiterOf(text)
  let at = text.startsWith('\uFEFF') ? 1 : 0
  let line = 1
  let pauseAt = LINES_AT_ONCE
  while (at < text.length) {
    const row = rowAt(text, { at, line, delimiter })
    if (row.cells.some((cell) => cell !== null && cell !== '')) yield { line, cells: row.cells }
    at = row.end
    line = row.line
    if (line >= pauseAt) {
      pauseAt = line + LINES_AT_ONCE
      yield PAUSE
    }
  }
}

interface RowStart {
  readonly at: number
  readonly line: number
  readonly delimiter: string
}

function rowAt(text: string, { at, line, delimiter }: RowStart) {
  const cells: (string | null)[] = []
  const start = at
  let end = at
  let lines = line
  for (;;) {
    const cell = text[end] === '"' ? quotedCell(text, end, lines) : plainCell(text, end, delimiter)
    cells.push(cell.value)
    end = cell.end
    lines += cell.lines
    if (end - start > MAX_ROW) throw new UnreadableFile(`line ${line}: the row is too long; is a quote missing?`)
    if (text[end] !== delimiter) break
    end++
  }
  if (text[end] === '\r') end++
  if (text[end] === '\n') end++
  return { cells, end, line: lines + 1 }
}

interface Cell {
  readonly value: string | null
  readonly end: number
  readonly lines: number
}

function plainCell(text: string, start: number, delimiter: string): Cell {
  let end = start
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') end++
  return { value: end === start ? null : text.slice(start, end), end, lines: 0 }
}

function quotedCell(text: string, start: number, line: number): Cell {
  let end = start + 1
  for (;;) {
    const quote = text.indexOf('"', end)
    if (quote === -1) throw new UnreadableFile(`line ${line}: a quote is not closed`)
    end = quote + 1
    if (text[end] !== '"') break
    end++
  }
  const value = text.slice(start + 1, end - 1).replaceAll('""', '"')
  const lines = value.split('\n').length - 1
  if (end < text.length && !/[,;\t\r\n]/.test(text[end] ?? '')) {
    throw new UnreadableFile(`line ${line + lines}: text after a closing quote`)
  }
  return { value, end, lines }
}

function delimiterOf(text: string): string {
  const [first = ''] = text.split(/[\r\n]/, 1)
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: first.split(delimiter).length }))
  return counts.toSorted((a, b) => b.count - a.count)[0]?.delimiter ?? ','
}

// A spreadsheet takes a cell that begins so for a formula, and would run it.
const FORMULA = /^'*[=+\-@\t\r]/

/** A cell as CSV. An apostrophe in front keeps spreadsheets from running its text; `textOfCell` takes it off again. */
export function csvCell(value: string | null): string {
  if (value === null) return ''
  const text = FORMULA.test(value) ? `'${value}` : value
  return text === '' || /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The text that `csvCell` wrote. */
export function textOfCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell
}
