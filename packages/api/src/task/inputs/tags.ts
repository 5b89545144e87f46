import { foldedTag } from '@taskwire/calendar'
import { z } from 'zod'
import { text } from '../../core/fields.ts'
import { limits } from '../../core/limits.ts'

const MAX_TAGS = 20

const tag = text
  .overwrite(foldedTag)
  .min(1)
  .max(limits.tagLength)
  .refine((value) => !value.includes(','), 'Must not contain a comma')
  .refine((value) => !value.startsWith('#'), 'Must not begin with #')
  .refine((value) => !/\p{Cc}/u.test(value), 'Must not contain control characters')

/** Tags in the form in which they are compared; equal ones count once, at the place of the first. */
export const tags = z
  .array(tag)
  .overwrite((all) => [...new Set(all)])
  .max(MAX_TAGS, `At most ${MAX_TAGS} tags`)
