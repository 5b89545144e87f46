import type { Word } from './words.ts'

/**
 * A phrase of a command. Words stand for themselves; `a|b` is one of two words, `(check off|tick off)` one of several
 * groups, `[the]` may be absent, `<task>` takes one word or more, and a word in capitals is one of `MACROS`. `task:` wants
 * the colon. A pattern that matches has covered every word of the message.
 */
export interface Pattern {
  readonly nodes: readonly Node[]
  /** The words with which a message that matches may begin; undefined if it begins with a slot. */
  readonly heads: ReadonlySet<string> | undefined
}

/** The slot with which a pattern begins, if it begins with one. */
export function firstSlot({ nodes: [first] }: Pattern): string | undefined {
  return first !== undefined && 'slot' in first ? first.slot : undefined
}

type Node =
  | { readonly slot: string }
  | { readonly groups: readonly (readonly string[])[]; readonly isOptional: boolean }

/** The words that each slot of a pattern took. */
export type Captures = Readonly<Record<string, readonly Word[]>>

/** What a slot between other words takes at most: a title is not longer, and a search for its end stays short. */
const MAX_SLOT = 40

export function compiled(text: string, macros: Readonly<Record<string, string>>): Pattern {
  const expanded = text.replace(/\b[A-Z]{2,}\b/g, (name) => macros[name] ?? name)
  const nodes = (expanded.match(/<\w+>|\[[^\]]*\]|\([^)]*\)|\S+/g) ?? []).map(nodeOf)
  return { nodes, heads: headsOf(nodes) }
}

function nodeOf(text: string): Node {
  if (text.startsWith('<')) return { slot: text.slice(1, -1) }
  const isOptional = text.startsWith('[')
  const content = isOptional || text.startsWith('(') ? text.slice(1, -1) : text
  return { groups: content.split('|').map((group) => group.trim().split(' ')), isOptional }
}

function headsOf(nodes: readonly Node[]): ReadonlySet<string> | undefined {
  const heads = new Set<string>()
  for (const node of nodes) {
    if ('slot' in node) return undefined
    for (const [word = ''] of node.groups) heads.add(word.replace(/(?<=.):$/, ''))
    if (!node.isOptional) return heads
  }
  return undefined
}

/** The words that occur in a pattern. */
export function vocabularyOf({ nodes }: Pattern): readonly string[] {
  return nodes.flatMap((node) => ('slot' in node ? [] : node.groups.flat().map((word) => word.replace(/:$/, ''))))
}

/** The ways in which the pattern covers the words, those with short first slots first. */
export function* matches({ nodes }: Pattern, words: readonly Word[]): Generator<Captures> {
  yield* matchesFrom(nodes, words, { node: 0, at: 0 })
}

interface MatchPosition {
  readonly node: number
  readonly at: number
}

function* matchesFrom(
  nodes: readonly Node[],
  words: readonly Word[],
  { node: index, at }: MatchPosition,
): Generator<Captures> {
  const node = nodes[index]
  if (node === undefined) {
    if (words.slice(at, at + 4).every(({ isDecoration }) => isDecoration)) yield {}
    return
  }
  const next = index + 1
  if ('slot' in node) {
    for (const end of slotEnds(words, at, next === nodes.length)) {
      for (const rest of matchesFrom(nodes, words, { node: next, at: end })) {
        yield { ...rest, [node.slot]: words.slice(at, end) }
      }
    }
    return
  }
  for (const group of node.groups) {
    if (group.every((literal, offset) => isLiteral(words[at + offset], literal))) {
      yield* matchesFrom(nodes, words, { node: next, at: at + group.length })
    }
  }
  if (node.isOptional) yield* matchesFrom(nodes, words, { node: next, at })
}

function slotEnds(words: readonly Word[], at: number, isLast: boolean): readonly number[] {
  if (isLast) return at < words.length ? [words.length] : []
  const longest = Math.min(MAX_SLOT, words.length - at)
  return Array.from({ length: Math.max(longest, 0) }, (_, length) => at + length + 1)
}

function isLiteral(word: Word | undefined, literal: string): boolean {
  if (word === undefined) return false
  if (literal.length > 1 && literal.endsWith(':')) return word.text === literal.slice(0, -1) && word.tail.includes(':')
  return word.text === literal
}
