import type { Word } from '../language/words.ts'
import { NOUNS, wordSet } from './vocabulary.ts'

/**
 * Whether what somebody has to do is a task for the list for certain: something that can be done, with what it is done
 * to. What may be meant otherwise ("I must sleep") is asked about.
 */
export function isDuty(words: readonly Word[]): boolean {
  const spoken = words.filter(({ isDecoration }) => !isDecoration)
  const [verb, ...rest] = spoken.map(({ text }) => text)
  return verb !== undefined && rest.length > 0 && VERBS.has(verb)
}

/** Whether the words are talk, or about the list itself. */
export function isConversation(words: readonly Word[]): boolean {
  const spoken = words.map(({ text }) => text)
  const phrase = ` ${spoken.join(' ')} `
  return (
    spoken.some((word) => CONVERSATION.has(word) || NOUNS.has(word)) ||
    IDIOMS.some((idiom) => phrase.includes(` ${idiom} `))
  )
}

const VERBS = wordSet(`apply arrange ask backup bake book bring build buy call cancel change charge check clean collect
  complete cook copy deliver deploy deposit donate download draft drop email e-mail feed file fill finish fix fold get
  hang hire install invite iron learn mail make measure meet message mow mop order organise organize pack paint pay phone
  pick plan plant post practice practise prepare print publish read refill register renew rent repair replace reply
  research reserve return review ring scan schedule sell send setup sew ship sign sort study submit sweep take teach test
  text tidy transfer translate upload vacuum visit walk wash water weed wrap write`)

const CONVERSATION =
  wordSet(`bye goodbye sorry you your yourself lol haha anyway honestly please thanks it that this them
  everything nothing something anything if but because though i'm i've you're i go leave run`)

const IDIOMS = [
  'take a break',
  'take a nap',
  'take care',
  'call it',
  'get going',
  'get back',
  'get up',
  'get out',
  'get home',
  'get some',
  'get to',
  'make a decision',
  'make sure',
  'make up',
  'pay attention',
  'check out',
  'ask a',
  'ask me',
  'pick up the pace',
  'take off',
  'drop off now',
  'read between',
  'learn to',
  'get rid of',
  'change my',
]
