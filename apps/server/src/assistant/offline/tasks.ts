import { z } from 'zod'
import type { Done, Exchange } from './conversation.ts'

export interface KnownTask {
  readonly id: number
  readonly title: string
  readonly description: string | null
  readonly completed: boolean
}

const listed = z.object({
  tasks: z.array(
    z.object({ id: z.int(), title: z.string(), description: z.string().nullable(), completed: z.boolean() }),
  ),
  next_cursor: z.string().nullable(),
})

/** The tasks that a call of list_tasks answered; undefined for other calls and refused ones. */
export function listOf({ result }: Done): { tasks: readonly KnownTask[]; more: boolean } | undefined {
  const { data } = listed.safeParse(result)
  return data && { tasks: data.tasks, more: data.next_cursor !== null }
}

/** The tasks that were shown last, in their order. */
export function shownLast(past: readonly Exchange[]): readonly KnownTask[] {
  for (const { done } of past.toReversed()) {
    const lists = done.flatMap((call) => listOf(call)?.tasks ?? [])
    if (lists.length > 0) return lists
  }
  return []
}

/** The tasks that were spoken of last: those that something was done to, else those of a list. */
export function mentionedLast(past: readonly Exchange[]): readonly number[] {
  for (const { done } of past.toReversed()) {
    const written = done.flatMap(({ result }) => (typeof result['task_id'] === 'number' ? [result['task_id']] : []))
    if (written.length > 0) return [...new Set(written)]
    const lists = done.flatMap((call) => listOf(call)?.tasks ?? [])
    if (lists.length > 0) return lists.map(({ id }) => id)
  }
  return []
}

/** Those whose title says what was said: the very title before one that contains it, each word of it in any order. */
export function fitting(tasks: readonly KnownTask[], name: string): readonly KnownTask[] {
  const wanted = name.toLowerCase()
  const exact = tasks.filter(({ title }) => title.toLowerCase() === wanted)
  if (exact.length > 0) return exact
  const containing = tasks.filter(({ title }) => title.toLowerCase().includes(wanted))
  if (containing.length > 0) return containing
  const words = wordsOf(name)
  return words.length === 0 ? [] : tasks.filter(({ title }) => words.every((word) => hasWord(title, word)))
}

const SMALL = new Set(['a', 'an', 'the', 'my', 'to', 'of', 'for', 'with', 'and', 'in', 'on', 'at', 'about', 'some'])

/** The words that count, each cut down to what its forms have in common. */
export function wordsOf(name: string): string[] {
  const words = name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  return words.filter((word) => !SMALL.has(word)).map(stem)
}

function stem(word: string): string {
  return word.length > 5 ? word.replace(/(?:ies|ing|ed|es|s|y)$/, '') : word.replace(/s$/, '')
}

function hasWord(title: string, word: string): boolean {
  return (title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).some((said) => said.startsWith(word))
}
