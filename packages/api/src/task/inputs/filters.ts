import { z } from 'zod'
import { rowId } from '../../core/fields.ts'
import { fieldErrors } from '../../errors/field_errors.ts'
import { day, zone } from './dates.ts'
import { tags } from './tags.ts'

// What narrows a list. Front ends send a filter that is not set as an empty value, or as `all`: such a value filters nothing.

/** A filter of one value. */
function one<Schema extends z.ZodType, Ignored extends string = ''>(schema: Schema, ...ignored: Ignored[]) {
  return z
    .preprocess(
      (value: z.input<Schema> | Ignored | '' | undefined) =>
        typeof value === 'string' && (value === '' || ignored.some((text) => text === value)) ? undefined : value,
      schema.optional(),
    )
    .optional()
}

/**
 * A filter of several values: a list or, as a query writes it, one text with commas. A fault is reported of the filter,
 * not of a place in a list that was perhaps sent as one text.
 */
function several<Schema extends z.ZodType>(schema: Schema, ...ignored: string[]) {
  return z
    .preprocess((sent: string | readonly string[] | undefined, ctx) => {
      if (sent === undefined || sent === '') return undefined
      if (typeof sent === 'string' && ignored.includes(sent)) return undefined
      const values = typeof sent === 'string' ? sent.split(',') : sent
      const { error } = schema.safeParse(values)
      if (error === undefined) return values
      ctx.addIssue(fieldErrors(error)[0]?.msg ?? 'Invalid')
      return z.NEVER
    }, schema.optional())
    .optional()
}

const dueView = z.enum(['overdue', 'today', 'upcoming', 'none', 'any'])
/** Which tasks a list shows by when they are due. */
export type DueView = z.infer<typeof dueView>

const PRIORITY = 'Must be high, medium, low or none'
const wantedPriority = z.enum(['high', 'medium', 'low', 'none'], PRIORITY)
export type WantedPriority = z.infer<typeof wantedPriority>

const wantedPriorities = z.array(wantedPriority, PRIORITY).overwrite((all) => [...new Set(all)].toSorted())

const wantedTags = tags.overwrite((all) => all.toSorted())

export const filters = {
  due: one(dueView, 'all').meta({ description: 'By when they are due; all but none and any: pending ones' }),
  due_from: one(day).meta({ description: 'Due on this day or later' }),
  due_to: one(day).meta({ description: 'Due on this day or earlier' }),
  zone: one(zone).meta({ description: 'IANA time zone in which it is today. Default: your setting, else UTC' }),
  tags: several(wantedTags).meta({ description: 'With all of these tags, separated by commas' }),
  priority: several(wantedPriorities, 'all').meta({ description: 'Of one of these, separated by commas' }),
  series_id: one(rowId).meta({ description: 'Of this series of a recurring task' }),
  started: one(z.boolean()).meta({ description: 'Whether the start date, if any, is today or earlier' }),
}
