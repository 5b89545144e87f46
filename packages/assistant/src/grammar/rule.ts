import type { Command } from '../command.ts'
import { compiled, firstSlot, matches, vocabularyOf, type Captures, type Pattern } from '../language/pattern.ts'
import type { Word } from '../language/words.ts'
import { MACROS, wordSet } from './vocabulary.ts'

/** Phrases, and the command that they give. */
export interface Rule {
  readonly patterns: readonly Pattern[]
  /** Undefined if what the slots took makes no such command. */
  readonly command: (captures: Captures, message: string) => Command | undefined
}

/** A rule whose patterns are the lines of a text. */
export function rule(lines: string, command: Rule['command']): Rule {
  const patterns = lines.split('\n').map((line) => line.trim())
  return { patterns: patterns.filter((line) => line !== '').map((line) => compiled(line, MACROS)), command }
}

/** The command of the first rule that covers all of the words. */
export function commandOf(rules: readonly Rule[], words: readonly Word[], message: string): Command | undefined {
  const [first] = words
  if (first === undefined) return undefined
  for (const { patterns, command } of rules) {
    for (const pattern of patterns) {
      if (!mayBegin(pattern, first)) continue
      for (const captures of matches(pattern, words)) {
        const found = command(captures, message)
        if (found !== undefined) return found
      }
    }
  }
  return undefined
}

function mayBegin(pattern: Pattern, word: Word): boolean {
  const { heads } = pattern
  // "which tasks are done" and "if task 1 is done" say nothing of tasks that are done.
  if (firstSlot(pattern) === 'tasks' && NOT_TASKS.has(word.text)) return false
  return heads === undefined || heads.has(word.text)
}

const NOT_TASKS =
  wordSet(`what what's which how how's who when where why is are do does did have has can could should would
  will shall may show list if whether unless not never don't once until suppose say delete remove clear`)

export function vocabulary(rules: readonly Rule[]): ReadonlySet<string> {
  return new Set(rules.flatMap(({ patterns }) => patterns.flatMap(vocabularyOf)))
}
