import { civil, dayNumber, dayNumberOf, daysInMonth, dayText, LAST_NUMBER, moveDays, type Day } from './day.ts'
import { nextDay } from './rule_days.ts'
import type { Rule } from './rule.ts'

/**
 * Where the next occurrence of a task is looked for: `upcoming`, after this occurrence and not in the past; `each`, after
 * this occurrence, be it in the past; `completion`, from the day of completion on.
 */
export type RecurrenceMode = 'upcoming' | 'each' | 'completion'

/** The recurrence of a task and the occurrence that the task stands for. */
export interface Recurrence {
  rule: Rule
  next: RecurrenceMode
  /** The day that anchors the rule (see `nextDay`). */
  start: Day
  /** The rule's day that the task stands for, wherever its due date was moved. */
  occurrence: Day
  /** 1 for the first task of the series. */
  number: number
}

/** What the clocks say at the completion, in the task's zone, else the user's. */
export interface CompletionDay {
  /** The day of completion. */
  today: Day
  /** The first day on which the task's time has not passed yet (see `firstDayNotBefore`); today for a task without a time. */
  earliest: Day
}

/**
 * The occurrence that follows when a task is completed, or `undefined` if its rule has ended.
 *
 * - `upcoming`: the rule's first day after `occurrence` and not before `earliest`.
 * - `each`: the rule's first day after `occurrence`.
 * - `completion`: the rule's first day after `today`, with `today` as its start. Without a BY part the same day of a shorter
 *   month is its last day. COUNT counts tasks here, in the other modes the rule's days.
 *
 * A task that is skipped moves by the same rules; in the mode `completion` pass the later of today and `occurrence` as
 * `today`, or the task could stay where it is.
 *
 * @throws RangeError if a day does not exist.
 */
export function nextOccurrence(
  recurrence: Recurrence,
  at: CompletionDay,
): Pick<Recurrence, 'occurrence' | 'number'> | undefined {
  const day = nextOccurrenceDay(recurrence, at)
  return day === undefined ? undefined : { occurrence: day, number: recurrence.number + 1 }
}

function nextOccurrenceDay({ rule, next, start, occurrence, number }: Recurrence, at: CompletionDay): Day | undefined {
  if (next === 'each') return nextDay(rule, start, occurrence)
  if (next === 'upcoming')
    return nextDay(rule, start, at.earliest > occurrence ? moveDays(at.earliest, -1) : occurrence)
  if (rule.count !== undefined && number >= rule.count) return undefined
  // From here on COUNT is 2 or more and cannot end the rule: the day wanted is its second at most.
  return hasByPart(rule) ? nextDay(rule, at.today, at.today) : dayAfterInterval(rule, at.today)
}

function hasByPart({ byDay, byMonthDay, byMonth }: Rule): boolean {
  return byDay.length > 0 || byMonthDay.length > 0 || byMonth.length > 0
}

/** The day one interval later, in a shorter month its last day. */
function dayAfterInterval(rule: Rule, day: Day): Day | undefined {
  if (rule.frequency === 'DAILY' || rule.frequency === 'WEEKLY') return nextDay(rule, day, day)
  const { year, month, date } = civil(dayNumber(day))
  const months = year * 12 + month - 1 + rule.interval * (rule.frequency === 'YEARLY' ? 12 : 1)
  const to = { year: Math.floor(months / 12), month: (months % 12) + 1 }
  const number = dayNumberOf(to.year, to.month, Math.min(date, daysInMonth(to.year, to.month)))
  if (number > LAST_NUMBER) return undefined
  const result = dayText(number)
  return rule.until !== undefined && result > rule.until ? undefined : result
}
