import { z } from 'zod'
import type { CompletedCall, Exchange } from './conversation.ts'

export interface KnownTask {
  readonly id: number
  readonly title: string
  readonly description: string | null
  readonly completed: boolean
}

/** A page of tasks; `more` if it is not the last. */
export interface TaskList {
  readonly tasks: readonly KnownTask[]
  readonly more: boolean
}

const listResult = z.object({
  tasks: z.array(
    z.object({ id: z.int(), title: z.string(), description: z.string().nullable(), completed: z.boolean() }),
  ),
  next_cursor: z.string().nullable(),
})

/** The tasks that a call of list_tasks returned; undefined for failed calls and other tools. */
export function taskListIn({ result }: CompletedCall): TaskList | undefined {
  const { data } = listResult.safeParse(result)
  return data && { tasks: data.tasks, more: data.next_cursor !== null }
}

/** The tasks that were listed last, in their order. */
export function shownLast(past: readonly Exchange[]): readonly KnownTask[] {
  for (const { calls } of past.toReversed()) {
    const tasks = calls.flatMap((call) => taskListIn(call)?.tasks ?? [])
    if (tasks.length > 0) return tasks
  }
  return []
}

/** The tasks that were mentioned last: those that were changed, else those that were listed. */
export function mentionedLast(past: readonly Exchange[]): readonly number[] {
  for (const { calls } of past.toReversed()) {
    const changed = calls.flatMap(({ result }) => (typeof result['task_id'] === 'number' ? [result['task_id']] : []))
    if (changed.length > 0) return [...new Set(changed)]
    const tasks = calls.flatMap((call) => taskListIn(call)?.tasks ?? [])
    if (tasks.length > 0) return tasks.map(({ id }) => id)
  }
  return []
}

/** The tasks whose title matches best: equal to the name, else containing it, else containing all of its words. */
export function matchingTasks(tasks: readonly KnownTask[], name: string): readonly KnownTask[] {
  const wanted = name.toLowerCase()
  const equal = tasks.filter(({ title }) => title.toLowerCase() === wanted)
  if (equal.length > 0) return equal
  const containing = tasks.filter(({ title }) => title.toLowerCase().includes(wanted))
  if (containing.length > 0) return containing
  const words = significantWords(name)
  return words.length === 0 ? [] : tasks.filter(({ title }) => words.every((word) => hasWord(title, word)))
}

const STOP_WORDS = new Set([
  'a',
  'an',
  'the',
  'my',
  'to',
  'of',
  'for',
  'with',
  'and',
  'in',
  'on',
  'at',
  'about',
  'some',
])

/** The stems of the words in a name, without stop words. */
export function significantWords(name: string): string[] {
  return wordsIn(name)
    .filter((word) => !STOP_WORDS.has(word))
    .map(stem)
}

function hasWord(title: string, wordStem: string): boolean {
  return wordsIn(title).some((word) => word.startsWith(wordStem))
}

function wordsIn(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

function stem(word: string): string {
  return word.length > 5 ? word.replace(/(?:ies|ing|ed|es|s|y)$/, '') : word.replace(/s$/, '')
}
