import type { Day } from './day.ts'

export type Frequency = 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY'

/**
 * A weekday of BYDAY: 0 is Monday, 6 is Sunday. `number` 2 is the second of the month (in a YEARLY rule without BYMONTH:
 * of the year), -1 the last, 0 every one.
 */
export interface RuleWeekday {
  weekday: number
  number: number
}

/** A parsed recurrence rule. A list is empty where the rule has no such part. */
export interface Rule {
  /** The rule as it is stored: in capitals, without `RRULE:`, UNTIL as a date, otherwise as it was written. */
  text: string
  frequency: Frequency
  /** 1..999 */
  interval: number
  /** How many days the rule has, its first day included. 1..999 */
  count: number | undefined
  /** The last day that the rule may have. */
  until: Day | undefined
  byDay: RuleWeekday[]
  /** 1..31, or -31..-1 counted from the end of the month. */
  byMonthDay: number[]
  /** 1..12 */
  byMonth: number[]
  /** 1..366, or -366..-1 counted from the end of the period. */
  bySetPos: number[]
  /** The weekday on which a week starts, 0 is Monday. Matters for WEEKLY rules with an interval. */
  weekStart: number
}

/** Why a rule is refused: `message` is one sentence for the user. */
export interface RuleProblem {
  type: 'rule_invalid' | 'rule_never'
  message: string
}

/** The weekdays as rules write them, in the order of their numbers: Monday is 0. */
export const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
