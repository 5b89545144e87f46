import { isDay, parseRule, type Frequency } from '@taskwire/calendar'

/** A rule as the editor's form has it. */
export interface RuleForm {
  readonly frequency: Frequency
  readonly interval: number
  /** 0 is Monday. Only weekly rules have them. */
  readonly weekdays: readonly number[]
  /** `''` for a rule without an end. */
  readonly ends: '' | 'until' | 'count'
  readonly until: string
  readonly count: number
}

const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

export const emptyForm: RuleForm = {
  frequency: 'WEEKLY',
  interval: 1,
  weekdays: [],
  ends: '',
  until: '',
  count: 10,
}

/** The form of a rule; undefined for one with parts that the form does not have. */
export function formOf(text: string): RuleForm | undefined {
  const { rule } = parseRule(text)
  if (rule === undefined) return undefined
  const { frequency, interval, byDay, byMonthDay, byMonth, bySetPos, until, count } = rule
  const isPlain = byMonthDay.length + byMonth.length + bySetPos.length === 0
  const isWeekly = byDay.length === 0 || (frequency === 'WEEKLY' && byDay.every(({ number }) => number === 0))
  if (!isPlain || !isWeekly) return undefined
  return {
    frequency,
    interval,
    weekdays: byDay.map(({ weekday }) => weekday),
    ends: until !== undefined ? 'until' : count !== undefined ? 'count' : '',
    until: until ?? '',
    count: count ?? emptyForm.count,
  }
}

/** False while the last day is missing, or half typed. */
export function isComplete({ ends, until }: RuleForm): boolean {
  return ends !== 'until' || isDay(until)
}

/** The rule that a complete form stands for. */
export function ruleOf({ frequency, interval, weekdays, ends, until, count }: RuleForm): string {
  const days = frequency === 'WEEKLY' ? weekdays.toSorted((a, b) => a - b).map((day) => WEEKDAYS[day]) : []
  return [
    `FREQ=${frequency}`,
    ...(interval > 1 ? [`INTERVAL=${interval}`] : []),
    ...(days.length > 0 ? [`BYDAY=${days.join(',')}`] : []),
    ...(ends === 'until' ? [`UNTIL=${until.replaceAll('-', '')}`] : []),
    ...(ends === 'count' ? [`COUNT=${count}`] : []),
  ].join(';')
}
