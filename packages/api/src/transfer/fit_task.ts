import { storableText } from '../core/storable.ts'
import { fittingDates, noDates } from '../task/dates.ts'
import { settableFields } from '../task/fields.ts'
import { taskFieldsInput, type TaskFields } from '../task/schema.ts'
import type { DescribedTask } from './described_task.ts'

/** The fields that a described task can have here, or the reason why it can be no task. */
export type FittedTask =
  | { readonly fields: TaskFields & { readonly title: string }; readonly lost: readonly string[] }
  | { readonly reason: string }

const TITLE = 200
const DESCRIPTION = 1000
/** The most entries of a list that are tried, so that one line of a file takes no longer than others. */
const ENTRIES = 200
/** How many entries may not fit beside those before them, until the others are left out untried. */
const REFUSED_ENTRIES = 10
/** The most names of what is lost that a row reports, and the length of each. */
const NOTES = 50
const NOTE = 200

/**
 * Takes of a described task what a task can have. What does not fit is left out and named, except the title: a task needs
 * one. A title that is too long goes into the description as well.
 */
export function fitTask({ fields, lost, problem }: DescribedTask): FittedTask {
  if (problem !== undefined) return { reason: problem }
  const texts = fittedTexts(fields)
  if (texts.title === '') return { reason: 'it has no title' }
  const notes = [...lost, ...texts.lost]
  const fitted: Record<string, unknown> = { title: texts.title, description: texts.description }
  for (const { name, field } of settableFields) {
    const sent = fields[name]
    if (name === 'title' || name === 'description' || sent === undefined || sent === null) continue
    const one = fittedValue(sent, (value) => field.input?.safeParse(value).success === true)
    if (one.value !== undefined) fitted[name] = one.value
    if (!one.isWhole) notes.push(name)
  }
  const { fields: valid, ignored } = fittingDates(taskFieldsInput.parse(fitted), noDates)
  return { fields: { ...valid, title: texts.title }, lost: shortened([...notes, ...ignored]) }
}

function shortened(notes: readonly string[]): string[] {
  return [...new Set(notes.map((note) => beginning(storableText(note), NOTE)))].slice(0, NOTES)
}

interface Texts {
  readonly title: string
  readonly description: string | null
  readonly lost: readonly string[]
}

function fittedTexts({ title, description }: Readonly<Record<string, unknown>>): Texts {
  const whole = storable(title).trim()
  const notes = storable(description)
  const isLong = beginning(whole, TITLE) !== whole
  const short = isLong ? `${beginning(whole, TITLE - 1).trimEnd()}…` : whole
  const all = isLong ? [whole, notes].filter((text) => text !== '').join('\n\n') : notes
  const kept = beginning(all, DESCRIPTION)
  const isCut = kept !== all
  return {
    title: short,
    description: all === '' ? (typeof description === 'string' ? '' : null) : kept,
    lost: [
      ...(isLong ? ['title beyond 200 characters'] : []),
      ...(isCut ? ['description beyond 1000 characters'] : []),
    ],
  }
}

/** The first code points of a text, of which each has at most two code units. */
function beginning(text: string, length: number): string {
  return Array.from(text.slice(0, 2 * length))
    .slice(0, length)
    .join('')
}

function storable(text: unknown): string {
  return typeof text === 'string' ? storableText(text.replaceAll('\0', '')) : ''
}

/** Found by halves: a list that fits has only prefixes that fit. */
function longestPrefix(entries: readonly unknown[], fits: (value: unknown) => boolean): unknown[] {
  let [known, refused] = [0, entries.length + 1]
  while (refused - known > 1) {
    const length = Math.ceil((known + refused) / 2)
    if (length <= entries.length && fits(entries.slice(0, length))) known = length
    else refused = length
  }
  return entries.slice(0, known)
}

/** A value or, of a list, the entries that fit together. */
function fittedValue(sent: unknown, fits: (value: unknown) => boolean): { value?: unknown; isWhole: boolean } {
  const isTooLong = Array.isArray(sent) && sent.length > ENTRIES
  if (!isTooLong && fits(sent)) return { value: sent, isWhole: true }
  if (!Array.isArray(sent)) return { isWhole: false }
  const valid = sent.slice(0, ENTRIES).filter((entry) => fits([entry]))
  const kept = longestPrefix(valid, fits)
  let refused = 0
  for (const entry of valid.slice(kept.length)) {
    if (fits([...kept, entry])) kept.push(entry)
    else if (++refused === REFUSED_ENTRIES) break
  }
  return { value: kept, isWhole: false }
}
