import { INT32_MAX } from '@taskwire/db'
import { z } from 'zod'
import { limits } from './limits.ts'

/**
 * Text that PostgreSQL stores unchanged: without NUL, which it rejects, and lone surrogates, which would silently
 * become U+FFFD.
 */
export const text = z
  .string()
  .refine((value) => !value.includes('\0'), { message: 'Must not contain NUL characters', abort: true })
  .refine((value) => value.isWellFormed(), { message: 'Must not contain lone surrogates', abort: true })

/** The id of a row as a caller names it. One that the column cannot hold becomes 0, which no row has: absent, not invalid. */
export const rowId = z
  .number()
  .refine(Number.isInteger, { message: 'Must be an integer', abort: true })
  .positive()
  .transform((value) => (value > INT32_MAX ? 0 : value))
  .meta({ type: 'integer' })

/** A time in an answer: RFC 3339 in UTC with milliseconds. */
export const timestamp = z.string().meta({ format: 'date-time' })

/** A stored time: a Date, or JSON text with the time zone of whatever wrote the log. Parses to `timestamp`. */
export const storedTimestamp = z
  .union([z.date(), z.string()])
  .transform((value) => (typeof value === 'string' ? new Date(value) : value).toISOString())

/** How many entries a page of a list may have. */
export const pageLimit = z.int().min(1).max(limits.pageItems)

/** The `next_cursor` of the page before. */
export const pageCursor = z.string().max(4000)
