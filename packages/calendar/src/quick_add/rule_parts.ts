import type { Day } from '../day.ts'
import { parseRule } from '../parse_rule.ts'
import { WEEKDAYS, type Frequency } from '../rule.ts'
import { previewDays } from '../rule_days.ts'

/** A recurrence as the grammar can say it. */
export interface RuleParts {
  frequency: Frequency
  interval: number
  /** Beside one date in `byMonthDay`. */
  byMonth?: number
  /** 1..31, or -1 for the last day. */
  byMonthDay?: number[]
  /** 0 is Monday. `number` 2 is the second of the month, -1 the last, 0 every one. */
  byDay?: { weekday: number; number: number }[]
}

/** The rule as RECUR text, without its end: each value once, in ascending order. */
export function ruleText({ frequency, interval, byMonth, byMonthDay, byDay }: RuleParts): string {
  const parts = [`FREQ=${frequency}`]
  if (interval > 1) parts.push(`INTERVAL=${interval}`)
  if (byMonth !== undefined) parts.push(`BYMONTH=${byMonth}`)
  if (byMonthDay) parts.push(`BYMONTHDAY=${ascending(byMonthDay).join(',')}`)
  if (byDay) {
    const number = byDay[0]?.number || ''
    parts.push(
      `BYDAY=${ascending(byDay.map((day) => day.weekday))
        .map((weekday) => `${number}${WEEKDAYS[weekday]}`)
        .join(',')}`,
    )
  }
  return parts.join(';')
}

/** The first day from `base` on that has the rule's weekday, date and month. The interval counts from that day. */
export function firstRuleDay(parts: RuleParts, base: Day): Day | undefined {
  const { rule } = parseRule(ruleText({ ...parts, interval: 1 }))
  return rule && previewDays(rule, base, 1)[0]
}

/** Each number once, ascending, -1 at the end. */
function ascending(numbers: number[]): number[] {
  return [...new Set(numbers)].toSorted((one, other) => rank(one) - rank(other))
}

function rank(number: number): number {
  return number < 0 ? 100 : number
}
