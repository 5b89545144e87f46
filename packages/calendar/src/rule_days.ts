import { civil, dayNumber, dayNumberOf, dayText, FIRST_NUMBER, LAST_NUMBER, type Day } from './day.ts'
import { daysOfPeriod, emptyPeriods, periodFrom, periodOf, periodStart } from './rule_period.ts'
import { rulePlan } from './rule_plan.ts'
import type { Rule, RuleProblem } from './rule.ts'

/**
 * The first day of the rule after `after`, or `undefined` if the rule has none.
 *
 * `start` anchors INTERVAL and supplies what the rule leaves open (the weekday, the date); it is a day of the rule only if
 * it fits. Days that do not exist (30 February) are left out, RFC 5545 section 3.3.10. COUNT counts the rule's days from
 * `start`, UNTIL is inclusive. The search ends after 31 December 9999 or once the calendar has repeated itself, so that it
 * takes at most some milliseconds, whatever the rule.
 *
 * @throws RangeError if `start` or `after` is not a day.
 */
export function nextDay(rule: Rule, start: Day, after: Day): Day | undefined {
  return firstDay(rule, start, { from: dayNumber(after) + 1, to: LAST_NUMBER })
}

/** The first `n` days of the rule from `start` on. @throws RangeError if `start` is not a day. */
export function previewDays(rule: Rule, start: Day, n: number): Day[] {
  const days: Day[] = []
  if (n < 1) return days
  for (const number of ruleDays(rule, dayNumber(start), { from: FIRST_NUMBER, to: LAST_NUMBER })) {
    days.push(dayText(number))
    if (days.length >= n) break
  }
  return days
}

/** How many days the rule has from `start` on and before `day`. @throws RangeError if one of them is not a day. */
export function countDaysBefore(rule: Rule, start: Day, day: Day): number {
  let count = 0
  for (const _ of ruleDays(rule, dayNumber(start), { from: FIRST_NUMBER, to: dayNumber(day) - 1 })) count += 1
  return count
}

/** The problem of a rule without a day in the 100 years after `start`. @throws RangeError if `start` is not a day. */
export function neverProblem(rule: Rule, start: Day): RuleProblem | undefined {
  const { year, month, date } = civil(dayNumber(start))
  const day = firstDay(rule, start, { from: FIRST_NUMBER, to: dayNumberOf(year + 100, month, date) })
  return day === undefined ? { type: 'rule_never', message: 'This rule never comes true' } : undefined
}

/** Day numbers, both inclusive. */
interface Span {
  from: number
  to: number
}

function firstDay(rule: Rule, start: Day, span: Span): Day | undefined {
  for (const number of ruleDays(rule, dayNumber(start), span)) return dayText(number)
  return undefined
}

/** The rule's days within the span, ascending, computed as they are asked for. */
export function* ruleDays(rule: Rule, start: number, span: Span): Generator<number, void, undefined> {
  const plan = rulePlan(rule, start)
  // COUNT counts from the start, without it the search begins with the period of the first day wanted.
  const from = Math.max(start, rule.count === undefined ? span.from : start)
  const to = Math.min(span.to, LAST_NUMBER, rule.until === undefined ? LAST_NUMBER : dayNumber(rule.until))
  let counted = 0
  let empty = 0
  for (let period = periodOf(plan, from); empty <= emptyPeriods(rule); period += 1) {
    period = periodFrom(plan, period)
    if (periodStart(plan, period) > to) return
    const days = daysOfPeriod(plan, period)
    empty = days.length === 0 ? empty + 1 : 0
    for (const day of days) {
      if (day > to) return
      if (day < from) continue
      counted += 1
      if (day >= span.from) yield day
      if (counted === rule.count) return
    }
  }
}
