import { wordSet } from './grammar/vocabulary.ts'

/** What to say beside what was not understood: what the assistant cannot do at all, else where to find what it can. */
export function hintFor(message: string): string {
  const words = new Set(message.toLowerCase().match(/[a-z]+/g) ?? [])
  const hint = HINTS.find(([topic]) => [...topic].some((word) => words.has(word)))
  return hint?.[1] ?? 'Say "help" for what I can do.'
}

const HINTS: readonly (readonly [ReadonlySet<string>, string])[] = [
  [
    wordSet('user users account accounts everyone everybody else bob alice his her their'),
    'I can only see and change your own tasks.',
  ],
  [
    wordSet('share sharing assign invite delegate email mail send export print message whatsapp sms'),
    'I can only add, list, change and delete your own tasks. I cannot send anything.',
  ],
  [
    wordSet('remind reminder reminders alarm notify notification'),
    'I can set when a task is due, but I send no reminders.',
  ],
  [
    wordSet('subtask subtasks checklist color colour project folder'),
    'You can set the other fields of a task in its editor.',
  ],
]
