import { neverProblem, parseRule } from '@taskwire/calendar'
import type { FieldError } from '../errors/api_error.ts'
import type { StoredRecurrence } from './inputs/recurrence.ts'
import type { TaskFields } from './schema.ts'

/** A recurrence as a caller sends it. */
type SentRecurrence = NonNullable<TaskFields['recurrence']>

/** The problem of a rule that has no day, for a task that is due on `due_date`. */
export function ruleProblem({ rule: text, start }: SentRecurrence, due_date: string): FieldError | undefined {
  const { rule } = parseRule(text)
  const problem = rule === undefined ? undefined : neverProblem(rule, start ?? due_date)
  return problem && { type: problem.type, loc: ['recurrence', 'rule'], msg: problem.message }
}

/**
 * What is stored of a recurrence: it counts from the due date on. One that is equal to the stored one, as in an answer
 * that is sent back, changes nothing: the task still stands for its occurrence, wherever its due date moves.
 */
export function storedRecurrence(
  { rule, next = 'upcoming', start }: SentRecurrence,
  due_date: string,
  before: StoredRecurrence | null,
): StoredRecurrence {
  const sent = { rule, next, start: start ?? due_date }
  if (before?.rule === sent.rule && before.next === sent.next && before.start === sent.start) return before
  return { ...sent, occurrence: due_date, number: 1 }
}
