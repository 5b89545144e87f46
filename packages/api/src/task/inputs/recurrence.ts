import { parseRule, RULE_MAX_LENGTH } from '@taskwire/calendar'
import { z } from 'zod'
import { membersOf } from '../columns.ts'
import { day } from './dates.ts'

const next = z.enum(['upcoming', 'each', 'completion'], 'Must be upcoming, each or completion')

/** A recurrence as callers send it. What an answer adds to it may be sent back, and has no effect. */
export const recurrence = z.strictObject(
  {
    rule: z
      .string('Must be a rule such as FREQ=WEEKLY;BYDAY=MO')
      .superRefine((text, ctx) => {
        const { problem } = parseRule(text)
        if (problem !== undefined) {
          ctx.addIssue({ code: 'custom', message: problem.message, params: { type: problem.type } })
        }
      })
      .overwrite((text) => parseRule(text).rule?.text ?? text)
      .meta({ description: `RFC 5545 RECUR on days, at most ${RULE_MAX_LENGTH} characters` }),
    next: next.optional().meta({ description: 'Default: upcoming, which skips days that have passed' }),
    start: day.optional().meta({ description: 'Anchors INTERVAL. Default: due_date' }),
    occurrence: z.string().optional().meta({ description: 'No effect' }),
    number: z.number().optional().meta({ description: 'No effect' }),
  },
  'Must be an object with a rule',
)

/** A recurrence as it is stored. */
export const recurrenceOutput = z.object({
  rule: z.string(),
  next,
  start: z.string().meta({ format: 'date' }),
  occurrence: z.string().meta({ format: 'date', description: 'The day of the rule that this task stands for' }),
  number: z.int().meta({ description: '1 for the first task under this rule' }),
})
/** A stored recurrence as `JSON.stringify` writes it: `jsonb` has another order of its keys, and spaces. */
export const recurrenceJson = `CASE WHEN recurrence IS NOT NULL THEN (
  SELECT row_to_json(members) FROM (SELECT ${membersOf('recurrence', recurrenceOutput)}) members) END`
export type StoredRecurrence = z.infer<typeof recurrenceOutput>
