import { settableFields, taskFields, type Field } from '../../task/fields.ts'
import { PAUSE, UnreadableFile, type DescribedTask, type Pause } from '../described_task.ts'
import { csvRows, textOfCell, type CsvRow } from '../text/csv.ts'
import { dateTimeOf } from '../text/date_time.ts'
import { columnsOf } from '../text/header.ts'
import { describedRow } from './taskwire.ts'

/** Names that others give to columns of ours. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  name: 'title',
  task: 'title',
  subject: 'title',
  summary: 'title',
  todo: 'title',
  'task name': 'title',
  content: 'title',
  notes: 'description',
  note: 'description',
  due: 'due_date',
  'due date': 'due_date',
  duedate: 'due_date',
  deadline: 'due_date',
  'due time': 'due_time',
  start: 'start_date',
  'start date': 'start_date',
  done: 'completed',
  complete: 'completed',
  iscomplete: 'completed',
  iscompleted: 'completed',
  is_completed: 'completed',
  labels: 'tags',
  categories: 'tags',
  category: 'tags',
  created: 'created_at',
  'created at': 'created_at',
  createdat: 'created_at',
  'completed at': 'completed_at',
  completedat: 'completed_at',
  'last modified': 'updated_at',
  due_on: 'due_date',
  modified_at: 'updated_at',
}

const times = ['created_at', 'updated_at', 'completed_at', 'deleted_at']
const others = ['id', 'user_id', 'series_id', 'next_task_id', 'position']
const READ = new Set([...settableFields.map(({ name }) => name), ...times, ...others])
/** Columns of an export of ours that follow from the others. */
const FOLLOWS: ReadonlySet<string> = new Set(['version', 'due_at'])

/** CSV with our field names as columns, as we export it, or with names that mean the same. */
export function* readCsv(text: string): Generator<DescribedTask | Pause> {
  let columns: readonly string[] | undefined
  let row = 0
  for (const line of csvRows(text)) {
    if (line === PAUSE) yield PAUSE
    else if (columns !== undefined) yield describedCells(++row, columns, line.cells)
    else {
      columns = namesOf(line)
      if (!columns.includes('title')) throw new UnreadableFile(`line ${line.line}: there is no column "title"`)
    }
  }
  if (columns === undefined) throw new UnreadableFile('the file is empty')
}

function namesOf(header: CsvRow): string[] {
  const columns = [...columnsOf(header)].toSorted(([, a], [, b]) => a - b)
  const names: string[] = []
  for (const [name, index] of columns) {
    const ours = OTHER_NAMES[name] ?? name
    // A column that has our name goes before those that mean the same, and the first of those before the others.
    const isTaken = ours !== name && (names.includes(ours) || columns.some(([other]) => other === ours))
    names[index] = isTaken ? name : ours
  }
  // Small tables describe a task in one column.
  const described = names.indexOf('description')
  if (!names.includes('title') && described !== -1) names[described] = 'title'
  return Array.from(names, (name) => name ?? '')
}

function describedCells(row: number, columns: readonly string[], cells: CsvRow['cells']): DescribedTask {
  const task: Record<string, unknown> = {}
  const lost: string[] = []
  for (const [index, cell] of cells.entries()) {
    const name = columns[index]
    if (cell === null || name === undefined) continue
    const isDone = name === 'status' && !columns.includes('completed') ? STATUSES[cell.trim().toLowerCase()] : undefined
    if (name === 'due_date' || name === 'start_date') lost.push(...setDay(task, name, textOfCell(cell)))
    else if (READ.has(name)) task[name] = valueOf(name, textOfCell(cell)) ?? task[name]
    else if (isDone !== undefined) task['completed'] = isDone
    else if (cell !== '' && !FOLLOWS.has(name)) lost.push(name === '' ? `column ${index + 1}` : name)
  }
  if (cells.length > columns.length) lost.push('cells without a column')
  // Some products write only when a task was completed.
  if (!columns.includes('completed') && task['completed_at'] !== undefined) task['completed'] ??= true
  return { ...describedRow(row, task), lost }
}

/** Many programs write the time of day into the same cell. Returns what has no place. */
function setDay(task: Record<string, unknown>, name: 'due_date' | 'start_date', text: string): readonly string[] {
  const written = dateTimeOf(text)
  if (text !== '') task[name] = written?.day ?? text
  if (written?.time === undefined) return []
  if (name === 'start_date') return ['start time']
  task['due_time'] ??= written.time
  if (written.isUtc) task['due_zone'] ??= 'UTC'
  return []
}

const fields: Readonly<Record<string, Field>> = taskFields

/** The value that a cell stands for; the text itself where it is none, so that it is reported. */
function valueOf(name: string, text: string): unknown {
  const { column, default: empty } = fields[name] ?? { column: 'text' }
  if (text === '') return column === 'text' && empty === null && name === 'description' ? '' : undefined
  if (name === 'completed') return BOOLEANS[text.trim().toLowerCase()] ?? text
  if (column === 'integer') return /^\d{1,10}$/.test(text) ? Number(text) : text
  if (column === 'text[]') return text.split(/[,;]/).flatMap((entry) => (entry.trim() === '' ? [] : [entry.trim()]))
  if (column === 'jsonb') return jsonOf(text)
  return name === 'priority' ? (PRIORITIES[text.trim().toLowerCase()] ?? text) : text
}

/** What a column "status" says where none says whether a task is completed. */
const STATUSES: Readonly<Record<string, boolean | undefined>> = {
  done: true,
  complete: true,
  completed: true,
  closed: true,
  open: false,
  pending: false,
  todo: false,
  'to do': false,
  'not started': false,
  'in progress': false,
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  '1': true,
  x: true,
  done: true,
  completed: true,
  false: false,
  no: false,
  '0': false,
  open: false,
  pending: false,
}

const PRIORITIES: Readonly<Record<string, string | undefined>> = {
  high: 'high',
  medium: 'medium',
  normal: 'medium',
  low: 'low',
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
