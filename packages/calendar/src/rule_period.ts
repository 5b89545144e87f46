import { civil, dayNumberOf, daysInMonth, isLeapYear, weekdayOf } from './day.ts'
import { ALL_MONTHS, has, weekStart, type RulePlan } from './rule_plan.ts'
import type { Rule } from './rule.ts'

/**
 * The period, counted from that of the start, that contains the day or, between two periods of the rule, the one before.
 * Periods are years, months or weeks, each INTERVAL apart; those of a DAILY rule are the months, one by one.
 */
export function periodOf(plan: RulePlan, day: number): number {
  const { rule } = plan
  if (rule.frequency === 'WEEKLY') return Math.floor((weekStart(rule, day) - plan.startWeek) / (7 * rule.interval))
  const { year, month } = civil(day)
  if (rule.frequency === 'YEARLY') return Math.floor((year - plan.startYear) / rule.interval)
  const months = year * 12 + month - 1 - plan.startMonth
  return rule.frequency === 'MONTHLY' ? Math.floor(months / rule.interval) : months
}

/** The first day of a period. */
export function periodStart(plan: RulePlan, period: number): number {
  const { frequency, interval } = plan.rule
  if (frequency === 'WEEKLY') return plan.startWeek + period * interval * 7
  if (frequency === 'YEARLY') return dayNumberOf(plan.startYear + period * interval, 1, 1)
  const { year, month } = monthOf(plan, period)
  return dayNumberOf(year, month, 1)
}

/** The period, or the first after it whose month BYMONTH does not exclude. */
export function periodFrom(plan: RulePlan, period: number): number {
  const { frequency } = plan.rule
  if (plan.months === ALL_MONTHS || frequency === 'YEARLY' || frequency === 'WEEKLY') return period
  // After 12 steps the months repeat: the interval misses all of the rule's.
  for (let steps = 0; steps < 12 && !has(plan.months, monthOf(plan, period).month); steps += 1) period += 1
  return period
}

function monthOf(plan: RulePlan, period: number): Month {
  const months = plan.startMonth + (plan.rule.frequency === 'MONTHLY' ? period * plan.rule.interval : period)
  return { year: Math.floor(months / 12), month: (months % 12) + 1 }
}

/**
 * After how many periods without a day the rule has no further one: the calendar repeats itself after 400 years, which are
 * a whole number of weeks.
 */
export function emptyPeriods({ frequency, interval }: Rule): number {
  if (frequency === 'YEARLY') return 400
  if (frequency === 'WEEKLY') return 20_871
  return frequency === 'MONTHLY' ? 4800 : 4800 * interval
}

/** The rule's days in a period, ascending. Those before the start are among them, because BYSETPOS counts them too. */
export function daysOfPeriod(plan: RulePlan, period: number): number[] {
  const { frequency } = plan.rule
  const first = periodStart(plan, period)
  if (frequency === 'WEEKLY') return daysOfWeek(plan, first)
  const offsets = frequency === 'YEARLY' ? offsetsInYear(plan, first) : offsetsInMonth(plan, monthOf(plan, period))
  if (offsets.length === 0) return offsets
  if (frequency === 'DAILY') return daysByInterval(plan, first, offsets)
  return offsets.map((offset) => first + offset)
}

function daysOfWeek(plan: RulePlan, first: number): number[] {
  const days: number[] = []
  for (let day = first; day < first + 7; day += 1) {
    if (!has(plan.weekdays, weekdayOf(day))) continue
    if (plan.months === ALL_MONTHS || has(plan.months, civil(day).month)) days.push(day)
  }
  return days
}

/** Of the days of a month those that a DAILY rule meets in its steps. */
function daysByInterval({ rule, start }: RulePlan, first: number, offsets: number[]): number[] {
  const days: number[] = []
  const last = first + (offsets.at(-1) ?? -1)
  const steps = Math.ceil((first - start) / rule.interval)
  for (let day = start + steps * rule.interval; day <= last; day += rule.interval)
    if (offsets.includes(day - first)) days.push(day)
  return days
}

/** Years that begin on the same weekday and have the same length have the same days: there are 14 kinds. */
function offsetsInYear(plan: RulePlan, first: number): number[] {
  const { year } = civil(first)
  const kind = weekdayOf(first) + (isLeapYear(year) ? 7 : 0)
  return (plan.offsets[kind] ??= atPositions(
    plan.rule.bySetPos,
    Array.from({ length: 12 }, (_, i) => matchingDays(plan, { year, month: i + 1 })).flat(),
  ).map((day) => day - first))
}

/** There are 28 kinds of months. */
function offsetsInMonth(plan: RulePlan, { year, month }: Month): number[] {
  if (!has(plan.months, month)) return []
  const first = dayNumberOf(year, month, 1)
  const kind = weekdayOf(first) + 7 * (daysInMonth(year, month) - 28)
  return (plan.offsets[kind] ??= atPositions(plan.rule.bySetPos, matchingDays(plan, { year, month })).map(
    (day) => day - first,
  ))
}

interface Month {
  year: number
  month: number
}

/** The days of a month that fit the BY parts. */
function matchingDays(plan: RulePlan, { year, month }: Month): number[] {
  if (!has(plan.months, month)) return []
  const length = daysInMonth(year, month)
  const first = dayNumberOf(year, month, 1)
  if (plan.onStartDate) return plan.startDate <= length ? [first + plan.startDate - 1] : []
  const around = numberedWithin(plan, { year, first, length })
  const days: number[] = []
  for (let date = 1; date <= length; date += 1) {
    if ((plan.dates || plan.fromEnd) && !has(plan.dates, date) && !has(plan.fromEnd, length + 1 - date)) continue
    const day = first + date - 1
    if (has(plan.weekdays, weekdayOf(day)) || isNumbered(plan, day, around)) days.push(day)
  }
  return days
}

/** What a numbered weekday is counted in: the year for a YEARLY rule without BYMONTH, else the month. */
function numberedWithin({ rule }: RulePlan, month: { year: number; first: number; length: number }): Around {
  if (rule.frequency !== 'YEARLY' || rule.byMonth.length > 0)
    return { first: month.first, last: month.first + month.length - 1 }
  return { first: dayNumberOf(month.year, 1, 1), last: dayNumberOf(month.year, 12, 31) }
}

interface Around {
  first: number
  last: number
}

function isNumbered({ numbered }: RulePlan, day: number, { first, last }: Around): boolean {
  const weekday = weekdayOf(day)
  const fromStart = Math.floor((day - first) / 7) + 1
  const fromEnd = Math.floor((last - day) / 7) + 1
  return numbered.some(
    (wanted) => wanted.weekday === weekday && (wanted.number === fromStart || wanted.number === -fromEnd),
  )
}

/** The days at the positions of BYSETPOS; all of them without that part. */
function atPositions(positions: number[], days: number[]): number[] {
  if (positions.length === 0) return days
  const indexes = new Set(positions.map((position) => (position > 0 ? position - 1 : days.length + position)))
  return days.filter((_, index) => indexes.has(index))
}
