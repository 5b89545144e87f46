import type { NewTask } from '../command.ts'
import type { Word } from '../language/words.ts'
import { trimmedEnd } from '../language/trim.ts'
import { NOUNS, wordSet } from './vocabulary.ts'

/** The text with its first letter in upper case. */
export function capital(text: string): string {
  const [first = ''] = text
  return first.toUpperCase() + text.slice(first.length)
}

/** The words as they were typed, without a full stop at the end, or the one quoted text that they are. */
export function freeText(words: readonly Word[], message: string): string {
  const [only] = words
  if (words.length === 1 && only?.isQuoted) return only.raw
  const last = words.at(-1)
  if (only === undefined || last === undefined) return ''
  return (message.slice(only.from, last.to) + trimmedEnd(last.tail, '. ')).trim()
}

/** The text of a title: a request may end with a question mark, which is none of the title's. */
export function titleText(words: readonly Word[], message: string): string {
  return words.length === 1 && words[0]?.isQuoted ? words[0].raw : trimmedEnd(freeText(words, message), '.?,;: ')
}

/** The new task that the words of a title describe; undefined if they name none. */
export function newTask(words: readonly Word[], message: string): NewTask | undefined {
  const described = splitAtDescription(words)
  const title = withoutMark(withoutList(described?.title ?? words))
  const [first, ...others] = title
  if (first === undefined || (!first.isQuoted && title.every((word) => EMPTY.has(word.text)))) return undefined
  const more = others.filter((word) => !NOUNS.has(word.text))
  const quoted = first.isQuoted && !more.some(({ isQuoted }) => isQuoted)
  return {
    title: quoted ? first.raw : titleText(title, message),
    isQuoted: quoted,
    ...(quoted && more.length > 0 && { more: titleText(more, message) }),
    ...(described !== undefined && { description: freeText(described.description, message) }),
  }
}

/** Words that are no title, alone or together. */
const EMPTY =
  wordSet(`a an the my new another one some something anything nothing everything it that this them those me you
  task tasks todo todos to-do item items reminder entry more stuff things to for none no not`)

/** Without "to my list" at the end. */
export function withoutList(words: readonly Word[]): readonly Word[] {
  const end = words.slice(-5).map(({ text }) => text)
  for (const length of [5, 4, 3]) {
    const [preposition = '', my = '', ...list] = end.slice(-length)
    const isList = LISTS.has(list.join(' ')) && ['my', 'the', 'our', 'this'].includes(my)
    if (isList && ['to', 'on', 'onto', 'in', 'into'].includes(preposition) && words.length >= length) {
      return words.slice(0, words.length - length)
    }
  }
  return words
}

const LISTS = new Set([
  'list',
  'todo list',
  'to-do list',
  'task list',
  'tasks',
  'todos',
  'to-dos',
  'to do list',
  'tasks list',
])

/** Without the mark or number of an item in a list: "- milk", "2. bread". */
function withoutMark(words: readonly Word[]): readonly Word[] {
  const [first] = words
  const isMark =
    first?.startsLine === true &&
    words.length > 1 &&
    (first.isDecoration || first.text === '-' || (/^\d{1,2}$/.test(first.text) && /^[.)]/.test(first.tail)))
  return isMark ? words.slice(1) : words
}

/** The titles in a list: one per line or, if there is one line, between commas and "and". */
export function newTasks(words: readonly Word[], message: string): readonly NewTask[] {
  const isLined = words.slice(1).some(({ startsLine }) => startsLine) || words.some(({ tail }) => tail.includes(';'))
  const items: Word[][] = [[]]
  for (const word of words) {
    const isAnd = !isLined && (word.text === 'and' || word.text === '&')
    if (word.startsLine) items.push([])
    if (!isAnd) items.at(-1)?.push(isLined ? word : { ...word, tail: word.tail.replace(/,/g, '') })
    if (isAnd || (isLined ? word.tail.includes(';') : word.tail.includes(','))) items.push([])
  }
  return items.flatMap((item) => (item.length === 0 ? [] : (newTask(trimmed(item), message) ?? [])))
}

function trimmed(item: readonly Word[]): readonly Word[] {
  return item.map((word) => ({ ...word, tail: word.tail.replace(/[;,]/g, '') }))
}

/** Splits at "with the description ...". */
function splitAtDescription(
  words: readonly Word[],
): { readonly title: readonly Word[]; readonly description: readonly Word[] } | undefined {
  const at = words.findIndex(({ text, isQuoted }, index) => {
    if (isQuoted || text !== 'with') return false
    const skip = ['the', 'a', 'an'].includes(words[index + 1]?.text ?? '') ? 2 : 1
    return DESCRIPTIONS.has(words[index + skip]?.text ?? '')
  })
  if (at < 1) return undefined
  let from = at + 1
  while (['the', 'a', 'an'].includes(words[from]?.text ?? '')) from += 1
  from += 1
  while (['of', 'saying', 'as', ':', '='].includes(words[from]?.text ?? '')) from += 1
  return from < words.length ? { title: words.slice(0, at), description: words.slice(from) } : undefined
}

const DESCRIPTIONS = wordSet('description desc details detail note notes')
