import { isZone } from '@taskwire/calendar'
import {
  PAUSE,
  UnreadableFile,
  type DescribedTask,
  type Pause,
  type ReadContext,
  type TaskOrigin,
} from '../described_task.ts'
import { idOfUid, uidOfLater } from '../task_uid.ts'
import { icsComponents, textOfIcs, textsOfIcs, type IcsComponent, type IcsProperty } from '../text/ics.ts'
import { completedOccurrences, openOccurrence, type CompletedDays } from './ics_occurrences.ts'
import { remindersOf, writtenTriggers, type IcsMoment } from './ics_alarms.ts'
import { originOf } from './taskwire.ts'

/** Reads the to-dos of a calendar file (RFC 5545), as we export it and as reminder programs do. */
export function* readIcs(text: string, context: ReadContext): Generator<DescribedTask | Pause> {
  let row = 0
  let others = 0
  /** The recurring tasks of an export of ours. */
  const open = new Set<string>()
  const completed = yield* completedOccurrences(text)
  for (const component of icsComponents(text)) {
    if (component === PAUSE) yield PAUSE
    else if (component.name === 'VTODO') {
      const uid = component.properties.find(({ name }) => name === 'UID')?.value ?? ''
      // Its rule is with the task itself.
      if (open.has(uidOfLater(uid) ?? '')) continue
      const task = describedTodo(++row, component, { ...context, completed })
      if (idOfUid(uid) !== undefined && task.fields['completed'] === false && task.fields['recurrence'] !== undefined)
        open.add(uid)
      yield task
    } else if (component.name !== 'VTIMEZONE') others++
  }
  if (row > 0) return
  throw new UnreadableFile(others === 0 ? 'it has no to-dos (VTODO)' : 'it has events, but no to-dos (VTODO)')
}

/** What a task has no place for. Other properties say how a program shows it. */
const NO_PLACE: Readonly<Record<string, string>> = {
  'RELATED-TO': 'parent',
  LOCATION: 'location',
  GEO: 'location',
  URL: 'url',
  ATTACH: 'attachment',
  ATTENDEE: 'attendee',
  ORGANIZER: 'organizer',
  COMMENT: 'comment',
  CONTACT: 'contact',
  RDATE: 'further dates',
  EXDATE: 'left out dates',
  EXRULE: 'left out dates',
  'RECURRENCE-ID': 'moved occurrence',
}

interface TodoContext extends ReadContext {
  readonly completed: CompletedDays
}

function describedTodo(row: number, todo: IcsComponent, context: TodoContext): DescribedTask {
  const first = (name: string) => todo.properties.find((property) => property.name === name)
  const text = (name: string) => {
    const property = first(name)
    return property && textOfIcs(property.value)
  }
  const lost = new Set(
    todo.properties.flatMap(({ name, value }) => (value.trim() === '' ? [] : (NO_PLACE[name] ?? []))),
  )
  const written = { due: momentOf(first('DUE')), start: momentOf(first('DTSTART')), rule: first('RRULE')?.value }
  const { due, start, rule } = openOccurrence(written, context.completed.get(first('UID')?.value.trim() ?? ''))
  // A recurring to-do of others may have only a start; it is then due on that day.
  const at = due ?? (rule === undefined ? undefined : start)
  if (first('DURATION') !== undefined) lost.add('duration')
  const status = first('STATUS')?.value.toUpperCase()
  if (status === 'CANCELLED') lost.add('status cancelled')
  const recurrence = json(text('X-TASKWIRE-RECURRENCE'))
  const reminders = json(text('X-TASKWIRE-REMINDERS'))
  return {
    row,
    identity: text('UID'),
    fields: {
      title: text('SUMMARY'),
      description: text('DESCRIPTION'),
      completed: status === 'COMPLETED' || status === 'CANCELLED' || first('COMPLETED') !== undefined,
      priority: priorityOf(first('PRIORITY')?.value),
      tags: todo.properties.filter(({ name }) => name === 'CATEGORIES').flatMap(({ value }) => textsOfIcs(value)),
      due_date: at?.day,
      due_time: at?.time,
      due_zone: at?.zone,
      // Reminder programs write the due date as the start as well.
      start_date: text('X-TASKWIRE-START') ?? (start?.day === at?.day ? undefined : start?.day),
      reminders: reminders ?? remindersOf(todo, { at, start, context, lost }),
      recurrence: recurrence ?? (rule === undefined ? undefined : { rule }),
      checklist: json(text('X-TASKWIRE-CHECKLIST')),
    },
    written: { reminders: reminders ?? writtenTriggers(todo) },
    times: {
      created_at: timeOf(first('CREATED')),
      updated_at: timeOf(first('LAST-MODIFIED')),
      completed_at: timeOf(first('COMPLETED')),
    },
    origin: originIn(text('UID'), recurrence),
    lost: [...lost],
  }
}

/** Of a to-do that we wrote. Its series is not in the file. */
function originIn(uid: string | undefined, recurrence: unknown): TaskOrigin | undefined {
  const id = uid === undefined ? undefined : idOfUid(uid)
  return id === undefined ? undefined : originOf(id, { recurrence })
}

/** A date, or a time with or without a zone. A zone of another name than the IANA's leaves the time floating. */
function momentOf(property: IcsProperty | undefined): IcsMoment | undefined {
  if (property === undefined) return undefined
  const [, year, month, date, hour, minute, utc] =
    /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z)?)?$/.exec(property.value.trim()) ?? []
  if (year === undefined) return { day: property.value }
  const day = `${year}-${month}-${date}`
  if (hour === undefined) return { day }
  const named = property.parameters['TZID']
  const zone = utc === undefined ? named : 'UTC'
  return { day, time: `${hour}:${minute}`, zone: zone !== undefined && isZone(zone) ? zone : undefined }
}

function timeOf(property: IcsProperty | undefined): string | undefined {
  const { day, time } = momentOf(property) ?? {}
  const seconds = property?.value.slice(13, 15)
  return day === undefined || time === undefined ? day : `${day}T${time}:${seconds ?? '00'}Z`
}

/** RFC 5545 3.8.1.9: 0 is none. */
function priorityOf(value: string | undefined): string | undefined {
  const priority = Number(value ?? 0)
  if (!(priority >= 1 && priority <= 9)) return undefined
  return priority <= 4 ? 'high' : priority === 5 ? 'medium' : 'low'
}

function json(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
