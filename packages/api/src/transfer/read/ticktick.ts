import { isZone, localTime } from '@taskwire/calendar'
import { PAUSE, UnreadableFile, type DescribedTask, type Pause, type ReadContext } from '../described_task.ts'
import { csvRows } from '../text/csv.ts'
import { columnsOf, namedCells, type NamedCells } from '../text/header.ts'
import { listTag } from './list_tag.ts'
import { twoDigits } from '../text/two_digits.ts'

/** TickTick: the CSV of its backup. Some lines about the file come before the header. */
export function* readTickTick(text: string, context: ReadContext): Generator<DescribedTask | Pause> {
  let columns: ReadonlyMap<string, number> | undefined
  let row = 0
  for (const line of csvRows(text)) {
    if (line === PAUSE) yield PAUSE
    else if (columns === undefined) {
      const found = columnsOf(line)
      if (found.has('list name') && found.has('title')) columns = found
    } else yield described(++row, namedCells(columns, line), context)
  }
  if (columns === undefined)
    throw new UnreadableFile('it is no backup of TickTick: it has no columns List Name and Title')
}

const PRIORITIES: Readonly<Record<string, string | undefined>> = { 5: 'high', 3: 'medium', 1: 'low' }

function described(row: number, cells: NamedCells, context: ReadContext): DescribedTask {
  const status = cells('Status') ?? '0'
  const isList = /^(y|true)$/i.test(cells('Is Check list') ?? '')
  const { checklist, description } = isList ? checklistIn(cells('Content') ?? '') : contentOf(cells('Content'))
  const due = momentOf(cells('Due Date') ?? cells('Start Date'), cells, context)
  // Both are there where a task has only one of them.
  const isOneDay = cells('Due Date') === undefined || cells('Start Date') === cells('Due Date')
  const created = cells('Created Time')
  const reminders = remindersOf(cells('Reminder') ?? '', due)
  const lost = [
    ...(cells('Folder Name') === undefined ? [] : ['folder']),
    ...((cells('Column Name') ?? UNSECTIONED) === UNSECTIONED ? [] : ['column']),
    ...(cells('Kind') === 'NOTE' ? ['kind note'] : []),
    ...(/!\[(image|file)\]\(/.test(cells('Content') ?? '') ? ['attachments'] : []),
    ...(cells('parentId') === undefined ? [] : ['parent']),
    ...(status === '-1' ? ["status won't do"] : []),
    ...(reminders.isWhole ? [] : ['reminder']),
    ...(/^[0135]?$/.test(cells('Priority') ?? '') ? [] : ['priority']),
  ]
  return {
    row,
    // `taskId` only numbers the rows of one file.
    identity: created === undefined ? undefined : `${created} ${cells('Title') ?? ''}`,
    fields: {
      title: cells('Title'),
      description,
      checklist,
      completed: status !== '0',
      priority: PRIORITIES[cells('Priority') ?? ''],
      tags: [...(cells('Tags') ?? '').split(',').flatMap((tag) => listTag(tag.trim())), ...listTag(cells('List Name'))],
      due_date: due?.day,
      due_time: due?.time,
      due_zone: due?.zone,
      start_date: isOneDay ? undefined : momentOf(cells('Start Date'), cells, context)?.day,
      reminders: reminders.reminders,
      recurrence: ruleOf(cells('Repeat')),
    },
    written: zoneOf(cells) === undefined ? writtenDates(cells) : undefined,
    times: { created_at: timeOf(created), completed_at: timeOf(cells('Completed Time')) },
    lost,
  }
}

/** What the column of a task says that stands in none. */
const UNSECTIONED = 'Not Sectioned'

/** Lines are ended by a carriage return alone. */
function contentOf(content: string | undefined) {
  return { description: content?.replaceAll(/\r\n?/g, '\n'), checklist: undefined }
}

/** Lines that begin with a box are items; the others stay text. */
function checklistIn(content: string) {
  const lines = content.split(/\r\n|\r|\n/)
  const items = lines.filter((line) => /^[▫▪]/.test(line))
  const others = lines.filter((line) => !/^[▫▪]/.test(line)).join('\n')
  return {
    checklist: items
      .map((line) => ({ text: line.slice(1).trim(), done: line.startsWith('▪') }))
      .filter(({ text }) => text !== ''),
    description: others.trim() === '' ? undefined : others,
  }
}

function ruleOf(text: string | undefined) {
  return text === undefined ? undefined : { rule: text.replace(/^RRULE:/i, '').replace(/;$/, '') }
}

interface Due {
  readonly day: string
  readonly time: string | undefined
  readonly zone: string | undefined
}

function zoneOf(cells: NamedCells): string | undefined {
  const named = cells('Timezone')
  return named !== undefined && isZone(named) ? named : undefined
}

function writtenDates(cells: NamedCells) {
  return {
    due_date: cells('Due Date'),
    due_time: undefined,
    due_zone: undefined,
    start_date: cells('Start Date'),
    reminders: cells('Reminder'),
  }
}

/** Times are instants: of a whole day, its midnight in the task's zone. */
function momentOf(text: string | undefined, cells: NamedCells, context: ReadContext): Due | undefined {
  const time = timeOf(text)
  if (text === undefined) return undefined
  if (time === undefined) return { day: text.slice(0, 10), time: undefined, zone: undefined }
  const zone = zoneOf(cells) ?? context.zone
  const local = localTime(new Date(time), zone)
  const isAllDay = /^true$/i.test(cells('Is All Day') ?? '')
  if (isAllDay) return { day: dayOf(time, local), time: undefined, zone: undefined }
  const isFloating = /^true$/i.test(cells('Is Floating') ?? '')
  return { day: local.day, time: local.time, zone: isFloating ? undefined : zone }
}

/** Some versions write the midnight of UTC instead. */
function dayOf(time: string, local: { readonly day: string; readonly time: string }): string {
  return local.time !== '00:00' && time.includes('T00:00:00') ? time.slice(0, 10) : local.day
}

/** `2026-06-26T00:00:00+0000` as RFC 3339. Some versions write `2026-06-26 00:00:00`, in UTC too. */
function timeOf(text: string | undefined): string | undefined {
  const written = text?.replace(/([+-]\d\d)(\d\d)$/, '$1:$2').replace(/^(\S+) (\S+)$/, '$1T$2Z')
  const time = new Date(written ?? '')
  return Number.isNaN(time.getTime()) || !/[T ]/.test(text ?? '') ? undefined : time.toISOString()
}

/** Durations before (`-PT30M`) and, of a whole day, after its midnight (`P0DT9H0M0S`: at nine). */
function remindersOf(text: string, due: Due | undefined) {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '')
  const read = words.map((word) => reminderOf(word.replace(/^TRIGGER:/i, ''), due))
  return { reminders: read.flatMap((one) => one ?? []), isWhole: read.every((one) => one !== undefined) }
}

function reminderOf(text: string, due: Due | undefined): string | undefined {
  const [, sign, days = '0', hours = '0', minutes = '0'] =
    /^(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:0S)?)?$/.exec(text) ?? []
  if (!/^-?P/.test(text) || due === undefined) return undefined
  const total = Number(days) * 1440 + Number(hours) * 60 + Number(minutes)
  if (total === 0) return 'PT0S'
  if (sign === '-') return total % 1440 === 0 ? `P${total / 1440}D` : `PT${total}M`
  if (due.time !== undefined || total >= 1440) return undefined
  return `${due.day}T${twoDigits(Math.floor(total / 60))}:${twoDigits(total % 60)}`
}
