import { MAX_TASKS, PAUSE, tooManyTasks, UnreadableFile, type DescribedTask, type Pause } from '../described_task.ts'
import { csvRows, type CsvRow } from '../text/csv.ts'
import { columnsOf, filledColumns, namedCells, type NamedCells } from '../text/header.ts'
import { listTag } from './list_tag.ts'

/** Columns whose values have no place here. */
const NO_PLACE = ['Billing Information', 'Companies', 'Contacts', 'Mileage', 'Role', 'Schedule+ Priority']
const DATES = ['Start Date', 'Due Date', 'Reminder Date', 'Date Completed']
const PRIORITIES: Readonly<Record<string, string | undefined>> = { high: 'high', low: 'low' }

/** The tasks of Outlook as its CSV has them: dates are in the form of the computer that wrote the file. */
export function* readOutlook(text: string): Generator<DescribedTask | Pause> {
  let columns: ReadonlyMap<string, number> | undefined
  const rows: NamedCells[] = []
  for (const line of csvRows(text)) {
    if (line === PAUSE) {
      yield PAUSE
      continue
    }
    if (rows.length === MAX_TASKS) throw tooManyTasks()
    if (columns === undefined) columns = headerOf(line)
    else rows.push(namedCells(columns, line))
  }
  if (columns === undefined) throw notOfOutlook()
  const isDayFirst = rows.some((cells) => DATES.some((name) => Number(/^(\d+)\//.exec(cells(name) ?? '')?.[1]) > 12))
  for (const [index, cells] of rows.entries()) yield described(index + 1, cells, isDayFirst)
}

function headerOf(line: CsvRow): ReadonlyMap<string, number> {
  const columns = columnsOf(line)
  if (!columns.has('subject') || !columns.has('due date')) throw notOfOutlook()
  return columns
}

function notOfOutlook(): UnreadableFile {
  return new UnreadableFile('it is no CSV of Outlook: it has no columns Subject and Due Date')
}

function described(row: number, cells: NamedCells, isDayFirst: boolean): DescribedTask {
  const day = (name: string) => dayOf(cells(name), isDayFirst)
  const reminder = /^(true|yes|on)$/i.test(cells('Reminder On/Off') ?? '') ? day('Reminder Date') : undefined
  const percent = Number.parseFloat(cells('% Complete') ?? '0')
  const status = cells('Status')?.toLowerCase()
  const isCompleted = status === 'completed' || day('Date Completed') !== undefined || percent === 100
  return {
    row,
    fields: {
      title: cells('Subject'),
      description: cells('Notes'),
      completed: isCompleted,
      priority: PRIORITIES[cells('Priority')?.toLowerCase() ?? ''],
      tags: (cells('Categories') ?? '').split(/[;,]/).flatMap((tag) => listTag(tag.trim())),
      due_date: day('Due Date'),
      start_date: day('Start Date'),
      reminders: reminder === undefined ? [] : [`${reminder}T${timeOf(cells('Reminder Time'))}`],
    },
    times: { completed_at: day('Date Completed') },
    lost: [
      ...filledColumns(cells, NO_PLACE).map((name) => name.toLowerCase()),
      ...(percent > 0 && percent < 100 && !isCompleted ? ['percent complete'] : []),
    ],
  }
}

/** `10/15/2026`, `15.10.2026` or `2026-10-15`; a text of another form stays, so that it is reported. */
function dayOf(text: string | undefined, isDayFirst: boolean): string | undefined {
  const [, first = '', mark, second = '', year] = /^(\d{1,2})([./-])(\d{1,2})[./-](\d{4})/.exec(text ?? '') ?? []
  if (year === undefined) return text?.slice(0, 10)
  const [month, day] = mark === '.' || isDayFirst ? [second, first] : [first, second]
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

/** `9:30:00 AM` or `14:05`; nine o'clock where there is none. */
function timeOf(text: string | undefined): string {
  const [, hours, minutes = '00', half] = /^(\d{1,2}):(\d\d)(?::\d\d)?\s*([AaPp])?/.exec(text ?? '') ?? []
  if (hours === undefined) return '09:00'
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
  return `${String(hour).padStart(2, '0')}:${minutes}`
}
