import { dayNumber, type Day } from '../day.ts'
import type { QuickAddContext } from './context.ts'
import { dayAt, dayOf } from './date_phrase.ts'
import type { EveryForm } from './every_phrase.ts'
import { firstRuleDay, ruleText } from './rule_parts.ts'
import type { Token } from './scan.ts'
import type { Meaning } from './token.ts'

/** The fields of a task that a text gives; absent where it says nothing of them. */
export interface QuickAddFields {
  priority?: 'high' | 'medium' | 'low'
  tags?: string[]
  due_date?: Day
  due_time?: string
  due_zone?: string
  start_date?: Day
  reminders?: string[]
  recurrence?: QuickAddRecurrence
}

export interface QuickAddRecurrence {
  /** In the subset of RFC 5545 that tasks have. `due_date` is its first day. */
  rule: string
  next?: 'completion'
  /** Where the text has a `from`: the first day. */
  start?: Day
}

/** The fields that the counting tokens give, and the tokens that they come from: what contradicts the others is left out. */
export function fieldsOf(tokens: Token[], context: QuickAddContext): { fields: QuickAddFields; used: Token[] } {
  const days = daysOf(givenBy(tokens), context)
  const used = tokens.filter((token) => isConsistent(token.meaning, days))
  const given = givenBy(used)
  const meanings = used.map(({ meaning }) => meaning)
  const tags = meanings.flatMap((meaning) => (meaning.is === 'tag' ? [meaning.tag] : []))
  const reminders = meanings.flatMap((meaning) => (meaning.is === 'reminder' ? [meaning.reminder] : []))
  const fields: QuickAddFields = {
    ...(given.priority && { priority: given.priority.priority }),
    ...(tags.length > 0 && { tags: [...new Set(tags)] }),
    ...(days.due !== undefined && { due_date: days.due }),
    ...(given.due_time && { due_time: given.due_time.time.time }),
    ...(given.due_time && context.zone !== null && { due_zone: context.zone }),
    ...(given.start_date && days.start !== undefined && { start_date: days.start }),
    ...(reminders.length > 0 && { reminders: [...new Set(reminders)] }),
    ...(given.every && { recurrence: recurrence(given, given.every.every, days) }),
  }
  return { fields, used }
}

/** The counting tokens by their kind. */
type Given = { [Kind in Meaning['is']]?: Extract<Meaning, { is: Kind }> }

function givenBy(tokens: Token[]): Given {
  return Object.fromEntries(tokens.map(({ meaning }) => [meaning.is, meaning]))
}

interface Days {
  start: Day | undefined
  due: Day | undefined
  until: Day | undefined
}

function daysOf(given: Given, context: QuickAddContext): Days {
  const start = given.start_date && dayOf(given.start_date.date, context.today)
  const due = dueDate(given, context, start)
  return { start, due, until: due === undefined ? undefined : lastDay(given, context, due) }
}

/** Whether a task may have what the token says, given its days. */
function isConsistent({ is }: Meaning, { start, due, until }: Days): boolean {
  if (is === 'tag' || is === 'priority') return true
  if (is === 'start_date') return start !== undefined && (due === undefined || start <= due)
  return due !== undefined && (is !== 'until' || until !== undefined)
}

/**
 * The due day: the date that was named, of a recurrence its first day from there on. A time or a recurrence without a date
 * begins today, or tomorrow when its time has passed, but not before the start.
 */
function dueDate(given: Given, context: QuickAddContext, start: Day | undefined): Day | undefined {
  const date = given.from?.date ?? given.due_date?.date
  const named = date && dayOf(date, context.today)
  if (date && named === undefined) return undefined
  if (named === undefined && !given.every && !given.due_time) return undefined
  const passed = given.due_time !== undefined && given.due_time.time.time < context.now
  const soonest = passed ? dayAt(dayNumber(context.today) + 1) : context.today
  if (soonest === undefined) return undefined
  const base = named ?? (start !== undefined && start > soonest ? start : soonest)
  return given.every ? firstRuleDay(given.every.every.parts, base) : base
}

/** The day of `until`, unless it lies before the first day. A weekday or a date of the year is then the next one after it. */
function lastDay(given: Given, context: QuickAddContext, due: Day): Day | undefined {
  if (!given.until) return undefined
  const day = dayOf(given.until.date, context.today)
  const last = day !== undefined && day < due ? dayOf(given.until.date, due) : day
  return last !== undefined && last >= due ? last : undefined
}

function recurrence(given: Given, every: EveryForm, { due, until }: Days): QuickAddRecurrence {
  const end = until === undefined ? '' : `;UNTIL=${until.replaceAll('-', '')}`
  const count = given.count ? `;COUNT=${given.count.count}` : ''
  return {
    rule: `${ruleText(every.parts)}${end}${count}`,
    ...(every.completion && { next: 'completion' }),
    ...(given.from && due !== undefined && { start: due }),
  }
}
