import type { z } from 'zod'
import { verifyCursor } from '../core/page.ts'
import type { UserContext } from '../core/trpc.ts'
import { loggedChange } from '../log/schema.ts'
import type { Task } from '../task/schema.ts'
import { nowOf } from '../task/series.ts'
import { settingsOf, type Settings } from '../viewer/settings.ts'
import { changes, conversations, liveTasks, trash, type Section } from './export_sql.ts'
import { calendarBegin } from './calendar.ts'
import type { ExportedPart, ExportFormat, exportInput } from './schema.ts'
import { csvHeader, csvRow } from './write/csv.ts'
import { icsEnd, icsTodo } from './write/ics.ts'
import { todoTxtLine } from './write/todotxt.ts'

/** How a file of a format is written: its beginning, its rows, what is between them, and its end. */
interface Writer {
  readonly media_type: string
  readonly extension: string
  readonly sections: readonly Section[]
  readonly begin: (ctx: UserContext) => string | Promise<string>
  readonly beginSection?: (section: Section) => string
  readonly row: (row: unknown, section: Section, settings: Settings) => string
  readonly separator?: string
  readonly endSection?: string
  readonly end: string
}

/** The rows of tasks come from the database as `taskOutput` has them. */
const ofTask = (write: (task: Task) => string) => (row: unknown) => write(row as Task)

const json: Writer = {
  media_type: 'application/json; charset=utf-8',
  extension: 'json',
  // First the trash: of what moves between the two meanwhile, what is restored comes twice and is imported once.
  sections: [trash, liveTasks, changes, conversations],
  begin: async (ctx) => {
    const { user_id } = ctx
    const about = { format: 'taskwire', version: 1, exported_at: nowOf(ctx).toISOString(), user_id }
    return JSON.stringify({ ...about, settings: await settingsOf(ctx) }).slice(0, -1)
  },
  beginSection: ({ name }) => `,\n"${name}":[\n`,
  row: (row, { name }) => JSON.stringify(name === 'changes' ? loggedChange.parse(row) : row),
  separator: ',\n',
  endSection: '\n]',
  end: '}\n',
}

const writers: Readonly<Record<ExportFormat, Writer>> = {
  json,
  csv: {
    media_type: 'text/csv; charset=utf-8; header=present',
    extension: 'csv',
    sections: [liveTasks],
    begin: () => csvHeader,
    row: ofTask(csvRow),
    end: '',
  },
  ics: {
    media_type: 'text/calendar; charset=utf-8',
    extension: 'ics',
    sections: [liveTasks],
    begin: ({ services, user_id }) => calendarBegin(services, user_id),
    row: (row, _section, settings) => icsTodo(row as Task, settings),
    end: icsEnd,
  },
  todotxt: {
    media_type: 'text/plain; charset=utf-8',
    extension: 'txt',
    sections: [liveTasks],
    begin: () => '',
    row: ofTask(todoTxtLine),
    end: '',
  },
}

/** What exports are, without parameters. */
export const mediaTypes = Object.values(writers).map(({ media_type }) => media_type.split(';')[0] ?? media_type)

/** The rows of one part. A conversation may have many messages. */
const ROWS = 200
const CONVERSATIONS = 5

/**
 * A part of the user's export. Its rows are read after the number with which the part before ended, so that however slowly
 * they are fetched, no transaction stays open and memory is bounded.
 */
export async function exportPart(ctx: UserContext, input: z.infer<typeof exportInput>): Promise<ExportedPart> {
  const { format, cursor } = input
  const query = JSON.stringify(['transfer.export', ctx.user_id, format])
  const [at = 0, after = 0] = (verifyCursor(ctx, query, cursor) ?? []).map(Number)
  const writer = writers[format]
  const section = writer.sections[at]
  const rows = section === undefined ? [] : await rowsOf(ctx, section, after)
  const isLast = section === undefined || rows.length < limitOf(section)
  const begin = cursor === undefined ? await writer.begin(ctx) : ''
  const settings = await settingsOf(ctx)
  const text = section && sectionText(writer, { section, rows, settings, isFirst: after === 0, isLast })
  const next = isLast ? [at + 1, 0] : [at, rows.at(-1)?.number ?? 0]
  const isDone = next[0] === writer.sections.length
  return {
    text: `${begin}${text ?? ''}${isDone ? writer.end : ''}`,
    next_cursor: isDone ? null : ctx.services.cursors.sign(query, next),
    media_type: writer.media_type,
    file_name: `tasks.${writer.extension}`,
  }
}

interface NumberedRow {
  readonly number: number
  readonly row: unknown
}

function limitOf({ name }: Section): number {
  return name === 'conversations' ? CONVERSATIONS : ROWS
}

function rowsOf(ctx: UserContext, section: Section, after: number): Promise<NumberedRow[]> {
  return ctx.services.sql<NumberedRow>(section.rowsAfter(ctx.user_id, after, limitOf(section)))
}

interface SectionPart {
  readonly section: Section
  readonly rows: readonly NumberedRow[]
  readonly settings: Settings
  readonly isFirst: boolean
  readonly isLast: boolean
}

function sectionText(writer: Writer, { section, rows, settings, isFirst, isLast }: SectionPart): string {
  const { separator = '' } = writer
  const written = rows.map(({ row }) => writer.row(row, section, settings)).join(separator)
  const begin = isFirst ? (writer.beginSection?.(section) ?? '') : rows.length > 0 ? separator : ''
  return `${begin}${written}${isLast ? (writer.endSection ?? '') : ''}`
}
