import { isZone, quickAdd } from '@taskwire/calendar'
import { z } from 'zod'
import { PAUSE, UnreadableFile, type DescribedTask, type Pause, type ReadContext } from '../described_task.ts'
import { csvRows, type CsvRow } from '../text/csv.ts'
import { columnsOf, namedCells, type NamedCells } from '../text/header.ts'
import { listTag } from './list_tag.ts'
import { twoDigits } from '../text/two_digits.ts'

const PRIORITIES: Readonly<Record<string, string | undefined>> = { 1: 'high', 2: 'medium', 3: 'low' }

interface Open {
  readonly row: number
  readonly cells: NamedCells
  readonly section: string | undefined
  readonly notes: string[]
}

/** Todoist: the CSV of a project (template or backup). A note belongs to the task before it, a section to those behind it. */
export function* readTodoist(text: string, context: ReadContext): Generator<DescribedTask | Pause> {
  let columns: ReadonlyMap<string, number> | undefined
  let [row, section, open]: [number, string | undefined, Open | undefined] = [0, undefined, undefined]
  for (const line of csvRows(text)) {
    if (line === PAUSE) {
      yield PAUSE
      continue
    }
    if (columns === undefined) {
      columns = headerOf(line)
      continue
    }
    const cells = namedCells(columns, line)
    const type = cells('TYPE')?.trim().toLowerCase()
    if (type === 'note' && open !== undefined) open.notes.push(cells('CONTENT') ?? '')
    if (type !== 'task' && type !== 'section') continue
    if (open !== undefined) yield described(open, context)
    open = undefined
    if (type === 'section') section = cells('CONTENT')
    else open = { row: ++row, cells, section, notes: [] }
  }
  if (columns === undefined) throw notOfTodoist()
  if (open !== undefined) yield described(open, context)
}

function headerOf(line: CsvRow): ReadonlyMap<string, number> {
  const columns = columnsOf(line)
  if (!columns.has('type') || !columns.has('content')) throw notOfTodoist()
  return columns
}

function notOfTodoist(): UnreadableFile {
  return new UnreadableFile('it is no CSV of Todoist: it has no columns TYPE and CONTENT')
}

function described({ row, cells, section, notes }: Open, context: ReadContext): DescribedTask {
  // An asterisk in front makes a task that cannot be completed.
  const content = cells('CONTENT') ?? ''
  const { title, labels } = labelsIn(content.replace(/^\* /, ''))
  const due = dueOf(cells('DATE'), cells, context)
  const deadline = due.fields.due_date === undefined ? cells('DEADLINE') : undefined
  const comments = notes.map(withLinks)
  const description = [cells('DESCRIPTION') ?? '', ...comments].filter((text) => text !== '').join('\n\n')
  const listed = (cells('LABELS') ?? '').split(/[;,]/).flatMap((tag) => listTag(tag.trim().replace(/^@/, '')))
  return {
    row,
    fields: {
      title,
      description: description === '' ? undefined : description,
      priority: PRIORITIES[cells('PRIORITY') ?? ''],
      tags: [...labels, ...listed, ...listTag(section)],
      ...due.fields,
      ...(deadline === undefined ? {} : { due_date: dateText(deadline, context) }),
    },
    written: writtenDue(deadline ?? cells('DATE')),
    lost: [
      ...due.lost,
      ...(Number(cells('INDENT') ?? 1) > 1 ? ['parent'] : []),
      ...(cells('RESPONSIBLE') === undefined ? [] : ['responsible']),
      ...(/^\d+$/.test(cells('DURATION') ?? '') ? ['duration'] : []),
      ...(cells('DEADLINE') !== undefined && deadline === undefined ? ['deadline'] : []),
      ...(cells('ATTACHMENTS') !== undefined || notes.some((note) => note.includes(FILE)) ? ['attachments'] : []),
    ],
  }
}

const FILE = '[[file '

/** A comment as text: of a file that was attached to it, which is JSON there, the name and the address. */
function withLinks(note: string): string {
  const [text = '', ...files] = note.split(FILE)
  const parts = files.flatMap((part) => {
    const end = part.lastIndexOf(']]')
    const { data } = attachedFile.safeParse(jsonOf(part.slice(0, end)))
    return [data === undefined ? '' : `${data.file_name} ${data.file_url ?? ''}`, part.slice(end + 2)]
  })
  return [text, ...parts].flatMap((part) => (part.trim() === '' ? [] : [part.trim()])).join('\n')
}

const attachedFile = z.looseObject({ file_name: z.string(), file_url: z.string().optional() })

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Labels are words at the end or at the beginning, `@home`. One inside the text, or one that is all of it, is text. */
function labelsIn(content: string): { title: string; labels: string[] } {
  const text = content.trimEnd()
  const words = [...text.matchAll(/\S+/g)]
  const last = words.findLastIndex(([word]) => !/^@[^@]+$/.test(word))
  // Where all words are labels, the first is the title.
  const title = words[Math.max(last, 0)]
  if (title === undefined) return { title: content, labels: [] }
  const behind = words.slice(Math.max(last, 0) + 1).map(([word]) => word.slice(1))
  const begin =
    last < 1
      ? 0
      : Math.max(
          0,
          words.findIndex(([word]) => !/^@[\p{L}\p{N}_/-]+$/u.test(word)),
        )
  const front = words.slice(0, begin).map(([word]) => word.slice(1))
  if (front.length + behind.length === 0) return { title: content, labels: [] }
  return {
    title: text.slice(words[begin]?.index, title.index + title[0].length),
    labels: [...front, ...behind],
  }
}

/** A due date is a text for people, which we read as quick add does; what it does not know stays in the report. */
function dueOf(text: string | undefined, cells: NamedCells, context: ReadContext) {
  if (text === undefined) return { fields: { due_date: undefined }, lost: [] }
  const named = cells('TIMEZONE')
  const zone = named !== undefined && isZone(named) ? named : null
  const { title, fields } = quickAdd(dateText(text.trim(), context), { today: context.today, now: '00:00', zone })
  const { due_date, due_time, due_zone, recurrence } = fields
  if (title.trim() !== '' || due_date === undefined)
    return { fields: { due_date: undefined }, lost: [`date "${text}"`] }
  return { fields: { due_date, due_time, due_zone, recurrence }, lost: [] }
}

/** The text of a date tells the time and the rule as well. */
function writtenDue(text: string | undefined) {
  return text === undefined ? undefined : { due_date: text, due_time: undefined, recurrence: undefined }
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** `Oct 5 2026` and `5 Oct 2026` as `2026-10-05`, which quick add knows; `at 9am` after `every monday` as well. */
function dateText(text: string, { today }: ReadContext): string {
  const [whole, month, day = '', other = '', name, year] =
    /^(?:([A-Za-z]{3,9})\.? (\d{1,2})|(\d{1,2}) ([A-Za-z]{3,9})\.?),?(?: (\d{4}))?(?= |$)/.exec(text) ?? []
  const number = MONTHS.indexOf((month ?? name ?? '').slice(0, 3).toLowerCase()) + 1
  if (whole === undefined || number === 0) return text
  return `${year ?? today.slice(0, 4)}-${twoDigits(number)}-${twoDigits(day === '' ? other : day)}${text.slice(whole.length)}`
}
