import { isMisspelt } from './language/spelling.ts'
import { trimmedEnd } from './language/trim.ts'
import { wordSet } from './grammar/vocabulary.ts'
import type { KnownTask } from './tasks.ts'

/** The tasks that a name may mean. `isGuessed`: only the beginnings of words fit, or words that are spelled alike. */
export interface Matches {
  readonly tasks: readonly KnownTask[]
  readonly isGuessed: boolean
}

/**
 * The tasks whose title fits best: equal to the name, else with all of its words, else with words that begin like or are
 * spelled like them. Each word of the name must fit: one that does not may say which task is not meant.
 */
export function matchingTasks(tasks: readonly KnownTask[], name: string): Matches {
  const equal = tasks.filter(({ title }) => comparable(title) === comparable(name))
  if (equal.length > 0) return { tasks: equal, isGuessed: false }
  const words = significantWords(name)
  if (words.length === 0) return { tasks: [], isGuessed: false }
  const withAll = (fits: (word: string, named: string) => boolean) =>
    tasks.filter(({ title }) => {
      const inTitle = wordsIn(title)
      return words.every((named) => inTitle.some((word) => fits(word, named)))
    })
  const same = withAll((word, named) => stem(word) === stem(named) || (!isLatin(named) && word.includes(named)))
  if (same.length > 0) return { tasks: same, isGuessed: false }
  const alike = withAll(
    (word, named) =>
      stem(word) === stem(named) ||
      (named.length > 3 && word.startsWith(named)) ||
      isMisspelt(named, word) ||
      MISSPELT_ARTICLES.has(named),
  )
  return { tasks: alike, isGuessed: true }
}

/** Whether the name is the whole title of the task. */
export function isTitle({ title }: KnownTask, name: string): boolean {
  return comparable(title) === comparable(name)
}

function comparable(text: string): string {
  return trimmedEnd(text.normalize('NFC').toLowerCase().replace(/\s+/g, ' '), '.! ').trimStart()
}

const MISSPELT_ARTICLES = wordSet('teh hte')

const STOP_WORDS = wordSet('a an the my to of for with and in on at some')

/** The words of a name that tell tasks apart. */
export function significantWords(name: string): readonly string[] {
  return wordsIn(name).filter((word) => !STOP_WORDS.has(word))
}

function wordsIn(text: string): string[] {
  return (
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
  )
}

function isLatin(word: string): boolean {
  return /^[\p{Script=Latin}\p{N}]+$/u.test(word)
}

/** A word without its ending, so that "meetings" is "meeting". */
function stem(word: string): string {
  if (word.length <= 3) return word
  const one = word.replace(/s$/, '')
  return word.length > 5 ? one.replace(/(?:ie|ing|ed|y|e)$/, '') : one
}
