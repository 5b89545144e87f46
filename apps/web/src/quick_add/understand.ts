import { quickAdd, type QuickAddContext, type QuickAddFields, type QuickAddSpan } from '@taskwire/calendar'
import type { FieldChanges } from '@taskwire/offline'

/** What a line of text means as a task. */
export interface Understood {
  readonly title: string
  readonly fields: FieldChanges
  /** The parts of the text that became fields. */
  readonly spans: readonly UnderstoodSpan[]
}

export interface UnderstoodSpan extends QuickAddSpan {
  readonly text: string
}

/** Reads a line by the server's grammar. Parts whose text is in `refused`, in lower case, stay text. */
export function understand(text: string, context: QuickAddContext, refused: ReadonlySet<string>): Understood {
  // A backslash before a part keeps it text. What follows a part that was refused may then be a part of its own.
  let escaped = text
  let read = quickAdd(escaped, context)
  for (let span = refusedSpan(escaped, read.spans, refused); span; span = refusedSpan(escaped, read.spans, refused)) {
    escaped = `${escaped.slice(0, span.from)}\\${escaped.slice(span.from)}`
    read = quickAdd(escaped, context)
  }
  const added = addedBackslashes(text, escaped)
  const place = (at: number) => at - added.filter((backslash) => backslash < at).length
  const spans = read.spans.map(({ from, to, is }) => ({
    from: place(from),
    to: place(to),
    is,
    text: escaped.slice(from, to),
  }))
  return { title: read.title, fields: taskFieldsOf(read.fields), spans }
}

function refusedSpan(text: string, spans: readonly QuickAddSpan[], refused: ReadonlySet<string>) {
  return spans.find(({ from, to }) => refused.has(text.slice(from, to).toLowerCase()))
}

/** Where `escaped` has backslashes that `text` has not. */
function addedBackslashes(text: string, escaped: string): number[] {
  const places: number[] = []
  for (let at = 0; at < escaped.length; at++) {
    if (escaped.charAt(at) !== text.charAt(at - places.length)) places.push(at)
  }
  return places
}

function taskFieldsOf({ recurrence, ...fields }: QuickAddFields): FieldChanges {
  const { due_date } = fields
  if (recurrence === undefined || due_date === undefined) return fields
  const { rule, next = 'upcoming', start = due_date } = recurrence
  return { ...fields, recurrence: { rule, next, start, occurrence: due_date, number: 1 } }
}
