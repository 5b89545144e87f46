import type { Token } from './scan.ts'
import type { Meaning } from './token.ts'
import type { Word } from './words.ts'

/**
 * The tokens that count. Of a kind named twice the last does, tags and reminders apart; a bare weekday, `every 15th` and
 * `9:30` depend on what stands beside them.
 */
export function countingTokens(words: Word[], tokens: Token[]): Token[] {
  const counting: Token[] = []
  const kinds = new Set<string>()
  const chained = behindEvery(tokens)
  let textBehind = false
  let index = words.length
  for (const [position, token] of [...tokens.entries()].toReversed()) {
    textBehind ||= hasText(words, token.next, index)
    const behind = counting.at(-1)?.first === token.next ? counting.at(-1) : undefined
    const before = tokens[position - 1]?.next === token.first ? tokens[position - 1] : undefined
    const kind = KINDS.get(token.meaning.is)
    const beside = isDated(behind) || isDated(before)
    const lost = (kind && kinds.has(kind)) || (token.meaning.is === 'count' && !chained.has(token))
    if (lost || (needsEnd(token.meaning, beside) && textBehind)) textBehind = true
    else {
      counting.push(token)
      if (kind) kinds.add(kind)
    }
    index = token.first
  }
  return counting.toReversed()
}

/** The tokens that follow a recurrence with nothing but tokens between: "every day 5 times", not "5 times every day". */
function behindEvery(tokens: Token[]): Set<Token> {
  const chained = new Set<Token>()
  let last: Token | undefined
  for (const token of tokens) {
    if (last?.next === token.first && (last.meaning.is === 'every' || chained.has(last))) chained.add(token)
    last = token
  }
  return chained
}

/** Whether the token counts only where nothing but tokens follows. */
function needsEnd(meaning: Meaning, besideDate: boolean): boolean {
  if (meaning.is === 'every') return meaning.every.endOnly
  if (meaning.is === 'due_time') return meaning.time.weak && !besideDate
  return (meaning.is === 'due_date' || meaning.is === 'start_date') && 'weekday' in meaning.date && meaning.date.bare
}

/** Whether the token is a date or a recurrence whatever follows: what makes `9:30` beside it a time. */
function isDated(token: Token | undefined): boolean {
  return (token?.meaning.is === 'due_date' || token?.meaning.is === 'every') && !needsEnd(token.meaning, false)
}

/** Whether a word from the index up to `to`, exclusive, is more than punctuation and pictures. */
function hasText(words: Word[], from: number, to: number): boolean {
  return words.slice(from, to).some((word) => /[\p{L}\p{N}]/u.test(word.raw))
}

/** Kinds of which a task has one: the tokens that give it. */
const KINDS = new Map<Meaning['is'], string>([
  ['priority', 'priority'],
  ['due_date', 'date'],
  ['from', 'date'],
  ['due_time', 'time'],
  ['every', 'every'],
  ['until', 'end'],
  ['count', 'end'],
  ['start_date', 'start'],
])
