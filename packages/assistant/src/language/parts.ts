import type { Target } from '../command.ts'
import { NOUNS, wordSet } from '../grammar/vocabulary.ts'
import type { Understanding, Understood } from './understanding.ts'
import { textOf, type Word } from './words.ts'

type Read = (part: readonly Word[]) => Understood | undefined

/** More commands than this are not given in one message: lists of titles are read as one. */
const MAX_PARTS = 20

/**
 * Reads a message as several commands where each part is one. Sentences, lines and "then" always separate; "and" and
 * commas do only before a command of its own, since titles and lists of tasks contain them too.
 */
export function parted(words: readonly Word[], text: string, read: Read): Understanding {
  const sentences = sentencesOf(words)
  if (sentences.length > 1 && isList(words)) {
    const whole = read(words)
    if (whole !== undefined) return { commands: [whole] }
  }
  if (sentences.length > MAX_PARTS || sentences.length === 0) return { unclear: textOf(text, words) }
  const commands: Understood[] = []
  for (const sentence of sentences) {
    const understood = readSentence(sentence, text, read)
    if ('unclear' in understood) return understood
    commands.push(...understood.commands)
  }
  return { commands: withoutSmallTalk(commands) }
}

/** Whether lines follow that are marked as items, or a line that ends with a colon, or semicolons separate what follows one. */
function isList(words: readonly Word[]): boolean {
  const isEnumerated =
    words.some(({ tail }) => tail.includes(';')) && words.some(({ tail, text }) => tail.endsWith(':') || text === ':')
  if (isEnumerated) return true
  return words.some(
    (word, index) =>
      index > 0 &&
      word.startsLine &&
      (isMark(word) || (words[index - 1]?.tail.endsWith(':') ?? false) || words[index - 1]?.text === ':'),
  )
}

function isMark(word: Word): boolean {
  return word.isDecoration || word.text === '-' || (/^\d{1,2}$/.test(word.text) && /^[.)]/.test(word.tail))
}

function sentencesOf(words: readonly Word[]): (readonly Word[])[] {
  const sentences: Word[][] = [[]]
  for (const [index, word] of words.entries()) {
    const next = words[index + 1]
    if (word.startsLine) sentences.push([])
    const isThen = word.text === 'then' && index > 0 && next !== undefined
    if (isThen) sentences.push([])
    else sentences.at(-1)?.push(word)
    if (endsSentence(word, next)) sentences.push([])
  }
  return sentences.map(withoutJoint).filter((sentence) => sentence.some(({ isDecoration }) => !isDecoration))
}

function endsSentence({ tail, text, startsLine }: Word, next: Word | undefined): boolean {
  if (/[!?;]/.test(tail)) return true
  if (!tail.includes('.') || tail.includes('..')) return false
  if (ABBREVIATIONS.has(text) || (startsLine && /^\d{1,2}$/.test(text))) return false
  return next === undefined || !/^\p{Ll}/u.test(next.raw) || text.length > 2 || /^\d/.test(text)
}

const ABBREVIATIONS = wordSet('dr mr mrs ms st prof no vs e.g i.e etc approx jr sr inc ltd p.m a.m dept')

const JOINTS = wordSet('and & then also plus')

/** Without the words that join it to its neighbours. */
function withoutJoint(part: readonly Word[]): readonly Word[] {
  let words = part
  while (words.length > 1 && JOINTS.has(words.at(-1)?.text ?? '')) words = words.slice(0, -1)
  while (words.length > 1 && JOINTS.has(words[0]?.text ?? '')) words = words.slice(1)
  return words
}

function readSentence(words: readonly Word[], text: string, read: Read): Understanding {
  const starts = [0, ...boundaries(words).filter((at) => read(withoutJoint(words.slice(at))) !== undefined)]
  const commands: Understood[] = []
  for (const [index, start] of starts.entries()) {
    const part = withoutJoint(words.slice(start, starts[index + 1]))
    const understood = read(part)
    const isTitle =
      index > 0 && mayBeTitle(commands.at(-1)) && understood !== undefined && !isExplicit(understood, part)
    if (understood === undefined || isTitle) return { unclear: textOf(text, part) }
    commands.push(understood)
  }
  return { commands }
}

/** Where an "and" or a comma stands before the verb of a command. */
function boundaries(words: readonly Word[]): readonly number[] {
  const found = words.flatMap((_, index) => {
    const isJoint =
      index > 0 && (JOINTS.has(words[index - 1]?.text ?? '') || (words[index - 1]?.tail.includes(',') ?? false))
    if (
      !isJoint ||
      JOINTS.has(words[index]?.text ?? '') ||
      words.slice(0, index).every(({ text }) => INTERJECTIONS.has(text))
    )
      return []
    const verb = words.slice(index).find(({ text }) => !FILLERS.has(text))
    return verb !== undefined && VERBS.has(verb.text) ? [index] : []
  })
  return found.slice(0, MAX_PARTS)
}

const INTERJECTIONS = wordSet(
  'oops wait no sorry okay oh hey hi hello thanks thank you well great please damn and so right hmm uh',
)

const FILLERS = wordSet('and & then also plus please just to')

const VERBS = wordSet(`add create insert complete finish close mark tick cross delete remove erase discard trash rename
  retitle change update edit set tag label untag move reschedule postpone schedule repeat reopen uncheck undo revert show
  list display find search remind remember put make i i've i'm what what's how prioritize describe clear cancel drop check`)

/** A new title takes any text, so what follows it may belong to it. */
function mayBeTitle(before: Understood | undefined): boolean {
  const command = before?.command
  return (
    command?.do === 'add' ||
    (command?.do === 'update' && (command.change.set === 'title' || command.change.set === 'description'))
  )
}

/** Whether a part is a command for certain: it says that it is about tasks. */
function isExplicit({ command }: Understood, part: readonly Word[]): boolean {
  if (!('target' in command))
    return command.do !== 'add' || ['add', 'remind', 'put', 'create'].includes(part[0]?.text ?? '')
  return isExact(command.target) || part.some(({ text }) => NOUNS.has(text))
}

function isExact(target: Target): boolean {
  return target.by === 'name' ? target.isQuoted : target.by !== 'nothing'
}

/** Greetings and thanks beside commands need no answer. */
function withoutSmallTalk(commands: readonly Understood[]): readonly Understood[] {
  const rest = commands.filter(({ command }) => !SMALL_TALK.has(command.do))
  return rest.length > 0 ? rest : commands.slice(0, 1)
}

const SMALL_TALK = wordSet('greet thanks bye')
