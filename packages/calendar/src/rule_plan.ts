import { civil, weekdayOf } from './day.ts'
import type { Rule, RuleWeekday } from './rule.ts'

/** A rule made ready to ask for its days: sets as bits, what the rule leaves open taken from its start. */
export interface RulePlan {
  rule: Rule
  start: number
  startYear: number
  /** Months since January of year 0. */
  startMonth: number
  startDate: number
  startWeek: number
  /** Bit 1..12. */
  months: number
  /** Bit 0..6: weekdays without a number. */
  weekdays: number
  numbered: RuleWeekday[]
  /** Bit 1..31; `fromEnd` counts from the last day of the month. 0 in both is every date. */
  dates: number
  fromEnd: number
  /** A MONTHLY or YEARLY rule without BYDAY and BYMONTHDAY has the date of its start. */
  onStartDate: boolean
  /** The days of each kind of month or year, counted from its first: found once, whatever the number of periods. */
  offsets: (number[] | undefined)[]
}

export const ALL_MONTHS = 0b1_1111_1111_1110
const ALL_WEEKDAYS = 0b111_1111

export function rulePlan(rule: Rule, start: number): RulePlan {
  const { year, month, date } = civil(start)
  const { frequency, byDay, byMonth, byMonthDay } = rule
  const onStartDate =
    byDay.length === 0 && byMonthDay.length === 0 && (frequency === 'MONTHLY' || frequency === 'YEARLY')
  let months = bits(byMonth) || ALL_MONTHS
  if (onStartDate && frequency === 'YEARLY' && byMonth.length === 0) months = 1 << month
  const numbered = byDay.filter((day) => day.number !== 0)
  let weekdays = bits(byDay.filter((day) => day.number === 0).map((day) => day.weekday))
  if (byDay.length === 0) weekdays = frequency === 'WEEKLY' ? 1 << weekdayOf(start) : ALL_WEEKDAYS
  return {
    rule,
    start,
    startYear: year,
    startMonth: year * 12 + month - 1,
    startDate: date,
    startWeek: weekStart(rule, start),
    months,
    weekdays,
    numbered,
    dates: bits(byMonthDay.filter((number) => number > 0)),
    fromEnd: bits(byMonthDay.filter((number) => number < 0).map((number) => -number)),
    onStartDate,
    offsets: [],
  }
}

/** The first day of the day's week, by WKST. */
export function weekStart(rule: Rule, day: number): number {
  return day - ((weekdayOf(day) - rule.weekStart + 7) % 7)
}

function bits(numbers: number[]): number {
  return numbers.reduce((set, number) => set | (1 << number), 0)
}

/** Whether a set of bits has a number. Bit 31 is the sign bit: compare with 0, not with 1. */
export function has(set: number, number: number): boolean {
  return (set & (1 << number)) !== 0
}
