import { isRelativeReminder, isZone, parseDuration, reminderInstants } from '@taskwire/calendar'
import type { Task } from '../../task/schema.ts'
import type { Settings } from '../../viewer/settings.ts'
import { laterUid, taskUid } from '../task_uid.ts'
import { icsLine, icsText } from '../text/ics.ts'
import { icsZone } from '../text/ics_zone.ts'
import { icsParts, type IcsPart } from './ics_parts.ts'

export interface CalendarOptions {
  readonly name: string
  /** The zones of its tasks, as far as they are known. */
  readonly zones: readonly string[]
  /** The years of which the changes of the zones are told. */
  readonly years: { readonly from: number; readonly to: number }
}

export function icsBegin({ name, zones, years }: CalendarOptions): string {
  return [
    'BEGIN:VCALENDAR\r\nVERSION:2.0\r\n',
    icsLine('PRODID', '-//Taskwire//Tasks//EN'),
    'CALSCALE:GREGORIAN\r\n',
    icsLine('X-WR-CALNAME', icsText(name)),
    ...zones.filter(isZone).map((zone) => icsZone(zone, years)),
  ].join('')
}

export const icsEnd = 'END:VCALENDAR\r\n'

const PRIORITIES = { high: 1, medium: 5, low: 9 } as const

/**
 * A task as VTODO, and the later days of its rule as another one where they do not count from its due date. What the
 * format has no place for, or says less exactly, is in properties of our own, so that an import of ours gives the same task.
 */
export function icsTodo(task: Task, settings: Settings): string {
  const [first, later] = icsParts(task)
  const uid = taskUid(task.user_id, task)
  return todo(first, uid, settings) + (later === undefined ? '' : todo(later, laterUid(uid), settings))
}

function todo({ task, rule }: IcsPart, uid: string, settings: Settings): string {
  const { completed, completed_at, start_date, due_date } = task
  const due = dueValue(task)
  const startsBefore = rule === undefined && start_date !== null && (due_date === null || start_date < due_date)
  return component('VTODO', [
    ...described(task, uid),
    ...(startsBefore ? [startLine(task, start_date)] : []),
    ...(due === undefined ? [] : [...(rule === undefined ? [] : [line(`DTSTART${due}`)]), line(`DUE${due}`)]),
    ...(rule === undefined ? [] : [line(`RRULE:${rule}`)]),
    completed ? 'STATUS:COMPLETED\r\nPERCENT-COMPLETE:100\r\n' : 'STATUS:NEEDS-ACTION\r\n',
    ...(completed_at === null ? [] : [icsLine('COMPLETED', utc(completed_at))]),
    ...ownProperties(task),
    ...(completed ? [] : alarms(task, settings, 'END')),
  ])
}

/** A task with a due date as VEVENT, for calendars that show no to-dos. It takes no time that others could not have. */
export function icsEvent(task: Task, settings: Settings): string {
  const [first, later] = icsParts(task)
  const uid = taskUid(task.user_id, task)
  return event(first, uid, settings) + (later === undefined ? '' : event(later, laterUid(uid), settings))
}

function event({ task, rule }: IcsPart, uid: string, settings: Settings): string {
  return component('VEVENT', [
    ...described(task, `event-${uid}`),
    line(`DTSTART${dueValue(task) ?? ''}`),
    ...(rule === undefined ? [] : [line(`RRULE:${rule}`)]),
    'TRANSP:TRANSPARENT\r\n',
    ...(task.completed ? [] : alarms(task, settings, 'START')),
  ])
}

function component(name: string, lines: readonly string[]): string {
  return `BEGIN:${name}\r\n${lines.join('')}END:${name}\r\n`
}

function described(
  { title, description, created_at, updated_at, priority, tags, version }: Task,
  uid: string,
): string[] {
  return [
    icsLine('UID', uid),
    icsLine('DTSTAMP', utc(updated_at)),
    icsLine('CREATED', utc(created_at)),
    icsLine('LAST-MODIFIED', utc(updated_at)),
    icsLine('SEQUENCE', String(version - 1)),
    icsLine('SUMMARY', icsText(title)),
    ...(description === null ? [] : [icsLine('DESCRIPTION', icsText(description))]),
    ...(priority === null ? [] : [icsLine('PRIORITY', String(PRIORITIES[priority]))]),
    ...(tags.length === 0 ? [] : [icsLine('CATEGORIES', tags.map(icsText).join(','))]),
  ]
}

/** A line that has its colon. */
function line(text: string): string {
  const colon = text.indexOf(':')
  return icsLine(text.slice(0, colon), text.slice(colon + 1))
}

/** The parameters and the value of a property that is the due date; undefined without one. */
function dueValue({ due_date, due_time, due_zone }: Pick<Task, 'due_date' | 'due_time' | 'due_zone'>) {
  if (due_date === null) return undefined
  const day = basic(due_date)
  if (due_time === null) return `;VALUE=DATE:${day}`
  const local = `${day}T${basic(due_time)}00`
  return due_zone === null || !isZone(due_zone) ? `:${local}` : `;TZID=${due_zone}:${local}`
}

/** Of the kind that the due date has, as RFC 5545 asks. */
function startLine({ due_time, due_zone, due_date }: Task, start_date: string): string {
  if (due_date === null || due_time === null) return line(`DTSTART;VALUE=DATE:${basic(start_date)}`)
  const value = dueValue({ due_date: start_date, due_time: '00:00', due_zone })
  return line(`DTSTART${value ?? ''}`)
}

function ownProperties({ start_date, reminders, recurrence, checklist }: Task): string[] {
  return [
    ...(start_date === null ? [] : [icsLine('X-TASKWIRE-START', start_date)]),
    ...(reminders.length === 0 ? [] : [icsLine('X-TASKWIRE-REMINDERS', icsText(JSON.stringify(reminders)))]),
    ...(recurrence === null ? [] : [icsLine('X-TASKWIRE-RECURRENCE', icsText(JSON.stringify(recurrence)))]),
    ...(checklist.length === 0 ? [] : [icsLine('X-TASKWIRE-CHECKLIST', icsText(JSON.stringify(checklist)))]),
  ]
}

/** An alarm for each reminder: relative ones stay relative, so that they follow the occurrences of a rule. */
function alarms(task: Task, settings: Settings, related: 'START' | 'END'): string[] {
  return task.reminders.map((reminder) =>
    component('VALARM', [
      'ACTION:DISPLAY\r\n',
      icsLine('DESCRIPTION', icsText(task.title)),
      line(triggerOf(reminder, task, { settings, related })),
    ]),
  )
}

function triggerOf(
  reminder: string,
  task: Task,
  { settings, related }: { readonly settings: Settings; readonly related: 'START' | 'END' },
): string {
  const relation = related === 'END' ? ';RELATED=END' : ''
  const duration = isRelativeReminder(reminder) ? parseDuration(reminder) : undefined
  if (duration === undefined) {
    const [at = new Date(task.created_at)] = reminderInstants({ ...task, reminders: [reminder] }, settings)
    return `TRIGGER;VALUE=DATE-TIME:${utc(at.toISOString())}`
  }
  if (task.due_time !== null) return `TRIGGER${relation}:${reminder === 'PT0S' ? reminder : `-${reminder}`}`
  // A whole day begins at midnight, and reminds at the time that the user has set.
  const [hours = 0, minutes = 0] = settings.remind_time.split(':').map(Number)
  const offset = hours * 60 + minutes - duration.minutes - duration.days * 1440
  return `TRIGGER${relation}:${offset < 0 ? '-' : ''}${durationText(Math.abs(offset))}`
}

function durationText(minutes: number): string {
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60]
  if (minutes === 0) return 'PT0S'
  const time = `${hours === 0 ? '' : `${hours}H`}${rest === 0 ? '' : `${rest}M`}`
  return `P${days === 0 ? '' : `${days}D`}${time === '' ? '' : `T${time}`}`
}

function basic(text: string): string {
  return text.replaceAll(/[-:]/g, '')
}

function utc(time: string): string {
  return `${basic(time.slice(0, 19))}Z`
}
