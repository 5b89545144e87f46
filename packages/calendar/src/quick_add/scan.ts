import type { QuickAddContext } from './context.ts'
import { readRuleEnd, readToken, type Meaning } from './token.ts'
import type { Phrase, Word } from './words.ts'

/** A token of the grammar at its place: words `first` to `next`, exclusive. It may still turn out to be text. */
export interface Token {
  first: number
  next: number
  meaning: Meaning
}

export interface Scan {
  /** In the order of the text. */
  tokens: Token[]
  /** Where the backslashes stand that keep a token text. */
  backslashes: number[]
}

/** Finds the tokens from left to right, each word being read once. `ruleEnds`: whether `until` and the like are tokens. */
export function scanTokens(words: Word[], context: QuickAddContext, ruleEnds: boolean): Scan {
  const scan: Scan = { tokens: [], backslashes: [] }
  const read = (at: number): Phrase<Meaning> | undefined =>
    // A backslash before `until 24 Dec` keeps all of it text, with a recurrence elsewhere or without.
    (ruleEnds || words[at]?.escaped ? readRuleEnd(words, at, context) : undefined) ?? readToken(words, at, context)
  for (let first = 0; first < words.length;) {
    const word = words[first]
    const token = read(first)
    if (!word || !token) first += 1
    else if (word.escaped) {
      scan.backslashes.push(word.from - 1)
      first = token.value.is === 'every' ? skipRuleEnds(words, token.next, context) : token.next
    } else {
      scan.tokens.push({ first, next: token.next, meaning: token.value })
      first = token.next
    }
  }
  return scan
}

/** A recurrence that is kept as text keeps its `from`, `until` and `N times` with it. */
function skipRuleEnds(words: Word[], index: number, context: QuickAddContext): number {
  let next = index
  for (let end = readRuleEnd(words, next, context); end && !words[next]?.escaped;) {
    next = end.next
    end = readRuleEnd(words, next, context)
  }
  return next
}
