import { DATE_LINES } from './lines/dates.ts'
import type { Line } from './lines/line.ts'
import { MOMENT_LINES } from './lines/moments.ts'
import { RECURRENCE_LINES } from './lines/recurrences.ts'
import { SIGN_LINES } from './lines/signs.ts'
import { TEXT_LINES } from './lines/texts.ts'
import { TIME_LINES } from './lines/times.ts'

/** What quick add understands, by example: every production of the grammar, and its limits. */
export const LINES: readonly Line[] = [
  ...DATE_LINES,
  ...TIME_LINES,
  ...RECURRENCE_LINES,
  ...SIGN_LINES,
  ...TEXT_LINES,
  ...MOMENT_LINES,
]

export { HARMLESS_LINES } from './lines/harmless.ts'
export { MOMENT, type Line } from './lines/line.ts'
