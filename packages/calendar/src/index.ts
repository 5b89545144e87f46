export { daysBetween, daysInMonth, FIRST_DAY, isDay, isTime, LAST_DAY, moveDays, weekday, type Day } from './day.ts'
export { describeRule } from './describe_rule.ts'
export { nextOccurrence, type CompletionDay, type Recurrence, type RecurrenceMode } from './next_occurrence.ts'
export {
  DURATION_MAX_DAYS,
  isRelativeReminder,
  isReminder,
  moveDates,
  parseDuration,
  reminderInstants,
  type Duration,
  type MovingDates,
  type ReminderSettings,
  type Reminding,
} from './reminder.ts'
export { momentAt, type Moment } from './moment.ts'
export { countDaysBefore, neverProblem, nextDay, previewDays } from './rule_days.ts'
export { parseRule, RULE_MAX_LENGTH, type ParsedRule } from './parse_rule.ts'
export type { Frequency, Rule, RuleProblem, RuleWeekday } from './rule.ts'
export { firstDayNotBefore, instantOf, isZone, localTime, today, type LocalTime } from './zone.ts'
export {
  quickAdd,
  type QuickAdd,
  type QuickAddContext,
  type QuickAddFields,
  type QuickAddSpan,
} from './quick_add/quick_add.ts'
export { foldedTag } from './quick_add/tag.ts'
