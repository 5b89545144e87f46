import {
  countDaysBefore,
  daysBetween,
  FIRST_DAY,
  instantOf,
  isZone,
  moveDates,
  moveDays,
  nextDay,
  parseRule,
  type Rule,
} from '@taskwire/calendar'
import type { Task } from '../../task/schema.ts'

/** A task as calendars show it: once, or on the days of an RRULE that counts from the due date. */
export interface IcsPart {
  readonly task: Task
  readonly rule: string | undefined
}

/**
 * The parts of a task whose days a calendar works out as we do. A rule counts from its first day there, so where a task
 * was moved, or its rule begins later, the task stands alone and the second part begins with the rule's next day.
 */
export function icsParts(task: Task): readonly [IcsPart, IcsPart?] {
  const { recurrence, due_date, completed } = task
  const { rule } = parseRule(recurrence?.rule ?? '')
  if (recurrence === null || rule === undefined || due_date === null || completed) return [{ task, rule: undefined }]
  const { next, start, occurrence, number } = recurrence
  // The next day is counted from the completion, for which the due date stands.
  if (next === 'completion') return [{ task, rule: ruleText(task, rule, number - 1) }]
  const from = (day: string) => ruleText(task, rule, rule.count === undefined ? 0 : countDaysBefore(rule, start, day))
  const after = occurrence === FIRST_DAY ? occurrence : moveDays(occurrence, -1)
  if (due_date === occurrence && nextDay(rule, start, after) === occurrence) return [{ task, rule: from(occurrence) }]
  const day = nextDay(rule, start, occurrence)
  if (day === undefined) return [{ task, rule: undefined }]
  const later = { ...task, ...moveDates(task, daysBetween(due_date, day)), due_date: day }
  return [
    { task, rule: undefined },
    { task: later, rule: from(day) },
  ]
}

/** COUNT without the days that have passed, and UNTIL of the kind that DTSTART has (RFC 5545 3.3.10). */
function ruleText(task: Task, { text, count, until }: Rule, passed: number): string {
  const counted = count === undefined ? text : text.replace(/COUNT=\d+/, `COUNT=${Math.max(1, count - passed)}`)
  return until === undefined ? counted : counted.replace(/UNTIL=\d+/, `UNTIL=${untilText(task, until)}`)
}

function untilText({ due_time, due_zone }: Task, day: string): string {
  if (due_time === null) return basic(day)
  if (due_zone === null || !isZone(due_zone)) return `${basic(day)}T${basic(due_time)}00`
  return `${basic(instantOf({ day, time: due_time }, due_zone).toISOString().slice(0, 19))}Z`
}

function basic(text: string): string {
  return text.replaceAll(/[-:]/g, '')
}
