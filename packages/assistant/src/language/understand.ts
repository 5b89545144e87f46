import { isWrite, type Command } from '../command.ts'
import { commandRules, commandWords, questionRules, smallTalkRules } from '../grammar/grammar.ts'
import { commandOf } from '../grammar/rule.ts'
import { withoutCourtesy } from './courtesy.ts'
import { parted } from './parts.ts'
import { correctionOf } from './spelling.ts'
import type { Understanding, Understood } from './understanding.ts'
import { splitWords, straightened, type Word } from './words.ts'

/** Understands a message whole or not at all: every word of it belongs to one of the commands. */
export function understand(message: string): Understanding {
  const text = straightened(message)
  const words = splitWords(text)
  const talk = smallTalk(words, text)
  if (talk !== undefined) return { commands: [sure(talk)] }
  return parted(words, text, (part) => understoodPart(part, text))
}

function sure(command: Command): Understood {
  return { command, isGuessed: false, isQuestion: false }
}

function smallTalk(words: readonly Word[], text: string): Command | undefined {
  const spoken = words.filter(({ isDecoration, raw }) => !isDecoration || raw.startsWith('?'))
  if (spoken.length > 12) return undefined
  return commandOf(smallTalkRules, spoken, text) ?? commandOf(smallTalkRules, withoutCourtesy(spoken).words, text)
}

/** The command that one part of a message gives. */
function understoodPart(part: readonly Word[], text: string): Understood | undefined {
  const talk = smallTalk(part, text)
  if (talk !== undefined) return sure(talk)
  const { words, isRequest } = withoutCourtesy(part)
  const asks = part.some(({ tail }) => tail.includes('?')) && !isRequest
  const exact = readPart(words, text, asks)
  if (exact !== undefined) return { ...exact, isGuessed: false }
  const corrected = words.map(corrections)
  if (corrected.every((word, index) => word === words[index])) return undefined
  const guess = readPart(corrected, text, asks)
  return guess && { ...guess, isGuessed: true }
}

function readPart(words: readonly Word[], text: string, asks: boolean): Omit<Understood, 'isGuessed'> | undefined {
  const question = asks ? commandOf(questionRules, words, text) : undefined
  if (question !== undefined) return { command: question, isQuestion: false }
  const command = commandOf(commandRules, words, text)
  return command && { command, isQuestion: asks && isWrite(command) }
}

/** The word as a command would spell it. Names and titles are taken as they were typed. */
function corrections(word: Word, index: number): Word {
  const isPlain = index < 12 && !word.isQuoted && /^[a-z']{4,14}$/.test(word.text) && !commandWords.has(word.text)
  const meant = isPlain ? correctionOf(word.text, commandWords) : undefined
  return meant === undefined ? word : { ...word, text: meant }
}
