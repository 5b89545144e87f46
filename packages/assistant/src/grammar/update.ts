import type { Command, TaskChange } from '../command.ts'
import type { Word } from '../language/words.ts'
import { targetOf } from './target.ts'

export function update(tasks: readonly Word[], change: TaskChange): Command {
  return { do: 'update', target: targetOf(tasks), change }
}

export const ARROW = '(to|into|as|with|->|=>|=|:)'

/** The two sides of a colon, as in "add a note to task 2: eggs". It ends what names the task. */
export function atColon(words: readonly Word[]): {
  readonly before: readonly Word[]
  readonly behind: readonly Word[]
} {
  const colon = words.findIndex(({ tail }) => tail.startsWith(':') || tail.startsWith(','))
  return colon < 0
    ? { before: words, behind: [] }
    : { before: words.slice(0, colon + 1), behind: words.slice(colon + 1) }
}

/** "task 2's" names task 2. */
export function possessor(words: readonly Word[]): readonly Word[] {
  const last = words.at(-1)
  if (last === undefined || last.isQuoted || !last.text.endsWith("'s")) return words
  return [...words.slice(0, -1), { ...last, text: last.text.slice(0, -2), raw: last.raw.slice(0, -2) }]
}
