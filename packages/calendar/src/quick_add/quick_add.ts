import { countingTokens } from './choice.ts'
import type { QuickAddContext } from './context.ts'
import { fieldsOf, type QuickAddFields } from './fields.ts'
import { markNames } from './names.ts'
import { scanTokens } from './scan.ts'
import { spansOf, type QuickAddSpan } from './span.ts'
import { titleOf } from './title.ts'
import { splitWords } from './words.ts'

export interface QuickAdd {
  /** What is left of the text. May be empty, and longer than a title may be. */
  title: string
  fields: QuickAddFields
  /** In the order of the text. */
  spans: QuickAddSpan[]
}

/**
 * Reads a line such as `Pay rent on the 1st every month !1 #home` as a task. The grammar is closed and English
 * (docs/decisions/014-quick-add.md, examples in lines.ts); what it does not know stays in the title. Dates, times and the
 * rule are valid and agree with each other; the length of the title and the number of tags and reminders are not judged.
 * Never throws for a valid context; its time grows with the length of the text, not with its square.
 */
export function quickAdd(text: string, context: QuickAddContext): QuickAdd {
  const words = splitWords(text)
  markNames(words)
  let scan = scanTokens(words, context, true)
  let counting = countingTokens(words, scan.tokens)
  if (!counting.some(({ meaning }) => meaning.is === 'every')) {
    scan = scanTokens(words, context, false)
    counting = countingTokens(words, scan.tokens)
  }
  const { fields, used } = fieldsOf(counting, context)
  const spans = spansOf(words, used)
  return { title: titleOf(text, spans, scan.backslashes), fields, spans }
}

export type { QuickAddContext, QuickAddFields, QuickAddSpan }
