import { readRulePart } from './rule_part.ts'
import type { Rule, RuleProblem } from './rule.ts'

export type ParsedRule = { rule: Rule; problem?: undefined } | { rule?: undefined; problem: RuleProblem }

/** The longest rule, in characters. */
export const RULE_MAX_LENGTH = 200

/**
 * Parses a recurrence rule: an RFC 5545 RECUR (section 3.3.10) on days.
 *
 * Accepted are FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL 1..999, COUNT 1..999 or UNTIL, BYDAY (numbered only in
 * MONTHLY and YEARLY), BYMONTHDAY (not in WEEKLY), BYMONTH, BYSETPOS (in MONTHLY and YEARLY, beside another BY part) and
 * WKST, each at most once and in any order, in letters of either case, with or without a leading `RRULE:`. Anything else
 * is a problem of type `rule_invalid` that names the part. Never throws.
 */
export function parseRule(text: string): ParsedRule {
  const read = readRule(text)
  return typeof read === 'string' ? { problem: { type: 'rule_invalid', message: read } } : { rule: read }
}

/** The rule, or what is wrong with it. */
function readRule(text: string): Rule | string {
  if (text.length > RULE_MAX_LENGTH) return `A rule has at most ${RULE_MAX_LENGTH} characters`
  if (/[\r\n]/.test(text)) return 'A rule is one line: its first day is start, other lines are not supported'
  // Capitals come after this check: a dotless i becomes an I.
  if (!/^[!-~]*$/.test(text)) return 'A rule has only letters, digits and ; = , + - without blanks'
  const capitals = text.toUpperCase().replace(/^RRULE:/, '')
  if (capitals === '') return FREQ_MISSING
  const parts = capitals.split(';')
  const rule: Rule = { ...EMPTY, text: '', byDay: [], byMonthDay: [], byMonth: [], bySetPos: [] }
  const seen = new Set<string>()
  for (const part of parts) {
    const message = readRulePart(rule, part, seen)
    if (message) return message
  }
  rule.text = parts.map((part) => part.replace(/^(UNTIL=\d{8})T.*$/, '$1')).join(';')
  return contradiction(rule, seen) ?? rule
}

/** What is wrong with the parts together. */
function contradiction(rule: Rule, has: Set<string>): string | undefined {
  const monthlyOrYearly = rule.frequency === 'MONTHLY' || rule.frequency === 'YEARLY'
  if (!has.has('FREQ')) return FREQ_MISSING
  if (has.has('COUNT') && has.has('UNTIL')) return 'COUNT and UNTIL cannot be combined'
  if (!monthlyOrYearly && rule.byDay.some((day) => day.number !== 0))
    return 'BYDAY may be numbered only with FREQ=MONTHLY or YEARLY'
  if (rule.frequency === 'WEEKLY' && has.has('BYMONTHDAY')) return 'BYMONTHDAY is not supported with FREQ=WEEKLY'
  if (!has.has('BYSETPOS')) return undefined
  if (!monthlyOrYearly) return 'BYSETPOS is supported only with FREQ=MONTHLY or YEARLY'
  if (!has.has('BYDAY') && !has.has('BYMONTHDAY') && !has.has('BYMONTH'))
    return 'BYSETPOS needs BYDAY, BYMONTHDAY or BYMONTH'
  return undefined
}

const FREQ_MISSING = 'FREQ is missing: DAILY, WEEKLY, MONTHLY or YEARLY'

const EMPTY = { frequency: 'DAILY', interval: 1, count: undefined, until: undefined, weekStart: 0 } as const
