import { weekday, type Day, type Frequency, type Rule, type RuleWeekday } from '@taskwire/calendar'

/** A rule in plain German, such as "alle 2 Wochen am Montag und Donnerstag". The counterpart of `describeRule`. */
export function ruleText(rule: Rule, start: Day | undefined): string {
  const text = isWeekdays(rule) ? 'jeden Werktag' : `${period(rule)}${days(rule, start)}${months(rule)}`
  return text + ending(rule)
}

const EVERY: Record<Frequency, string> = {
  DAILY: 'jeden Tag',
  WEEKLY: 'jede Woche',
  MONTHLY: 'jeden Monat',
  YEARLY: 'jedes Jahr',
}
const UNITS: Record<Frequency, string> = { DAILY: 'Tage', WEEKLY: 'Wochen', MONTHLY: 'Monate', YEARLY: 'Jahre' }
const WEEKDAYS = ['Montag', 'Dienstag', 'Mittwoch', 'Donnerstag', 'Freitag', 'Samstag', 'Sonntag']
const MONTHS = 'Januar Februar März April Mai Juni Juli August September Oktober November Dezember'.split(' ')

function isWeekdays({ frequency, interval, byDay, byMonthDay, byMonth }: Rule): boolean {
  if (frequency !== 'DAILY' && frequency !== 'WEEKLY') return false
  return interval === 1 && isMondayToFriday(byDay) && byMonthDay.length + byMonth.length === 0
}

function isMondayToFriday(byDay: readonly RuleWeekday[]): boolean {
  return byDay.length === 5 && byDay.every(({ number, weekday: day }) => number === 0 && day < 5)
}

function period({ frequency, interval }: Rule): string {
  return interval === 1 ? EVERY[frequency] : `alle ${interval} ${UNITS[frequency]}`
}

function days(rule: Rule, start: Day | undefined): string {
  const chosen = chosenDays(rule)
  if (chosen === '') return start === undefined ? '' : daysOfStart(rule, start)
  return rule.bySetPos.length > 0 ? ` am ${positions(rule)}` : ` ${chosen}`
}

function chosenDays(rule: Rule): string {
  const { byDay, byMonthDay } = rule
  const weekdays = list(ordered(byDay).map((day) => weekdayName(day, rule)))
  const dates = list(inOrder(byMonthDay).map((number) => (number > 0 ? `${number}.` : `${position(number)} Tag`)))
  if (weekdays === '') return dates === '' ? '' : `am ${dates}`
  return dates === '' ? `am ${weekdays}` : `am ${weekdays}, wenn es der ${dates} ist`
}

function weekdayName({ weekday: day, number }: RuleWeekday, { frequency, byMonth, bySetPos }: Rule): string {
  const name = WEEKDAYS[day] ?? ''
  if (number !== 0)
    return `${position(number)} ${name}${frequency === 'YEARLY' && byMonth.length === 0 ? ' des Jahres' : ''}`
  const isEach = (frequency === 'MONTHLY' || frequency === 'YEARLY') && bySetPos.length === 0
  return isEach ? `jedem ${name}` : name
}

function positions(rule: Rule): string {
  const which = list(inOrder(rule.bySetPos).map(position))
  if (rule.byMonthDay.length === 0 && isMondayToFriday(rule.byDay)) return `${which} Werktag`
  return `${which} Tag von ${chosenDays(rule).replace(/^am /, '')}`
}

function daysOfStart({ frequency, byMonth, bySetPos }: Rule, start: Day): string {
  if (frequency === 'WEEKLY') return ` am ${WEEKDAYS[weekday(start)] ?? ''}`
  if (frequency === 'DAILY' || bySetPos.length > 0) return ''
  const { month, date } = civil(start)
  return frequency === 'YEARLY' && byMonth.length === 0 ? ` am ${date}. ${MONTHS[month - 1] ?? ''}` : ` am ${date}.`
}

function months({ byMonth, bySetPos, byDay, byMonthDay }: Rule): string {
  if (byMonth.length === 0) return ''
  const names = list(inOrder(byMonth).map((month) => MONTHS[month - 1] ?? ''))
  const isAlone = bySetPos.length > 0 && byDay.length + byMonthDay.length === 0
  return isAlone ? ` im ${list(inOrder(bySetPos).map(position))} von ${names}` : ` im ${names}`
}

function ending({ count, until }: Rule): string {
  if (count !== undefined) return count === 1 ? ', einmal' : `, ${count}-mal`
  if (until === undefined) return ''
  const { year, month, date } = civil(until)
  return `, bis ${date}. ${MONTHS[month - 1] ?? ''} ${year}`
}

function civil(day: Day): { year: number; month: number; date: number } {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  return { year, month, date }
}

/** 1 is "ersten", 20 "20.", -1 "letzten", -2 "zweitletzten". */
function position(number: number): string {
  if (number === -1) return 'letzten'
  if (number < -5) return `${-number}.-letzten`
  if (number < 0) return `${['zweit', 'dritt', 'viert', 'fünft'][-number - 2] ?? ''}letzten`
  return ['ersten', 'zweiten', 'dritten', 'vierten', 'fünften'][number - 1] ?? `${number}.`
}

function ordered(byDay: readonly RuleWeekday[]): RuleWeekday[] {
  return byDay.toSorted((a, b) => fromFirst(a.number) - fromFirst(b.number) || a.weekday - b.weekday)
}

/** Orders 1, 2, ... before ..., -2, -1. */
function fromFirst(number: number): number {
  return number < 0 ? number + 1000 : number
}

function inOrder(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => fromFirst(a) - fromFirst(b))
}

function list(items: readonly string[]): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} und ${items.at(-1) ?? ''}`
}
