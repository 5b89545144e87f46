import type { Task } from '../client.ts'
import type { ListQuery } from '../shell/route.ts'

/** Whether a task has the tag, the priority and the text that a list asks for. */
export function isMatch(task: Task, { tag, priority, search = '' }: ListQuery): boolean {
  if (tag !== undefined && !task.tags.includes(tag)) return false
  if (priority !== undefined && (task.priority ?? 'none') !== priority) return false
  const text = foldLetters(search.trim())
  if (text === '') return true
  return (
    foldLetters(task.title).includes(text) ||
    (task.description !== null && foldLetters(task.description).includes(text))
  )
}

/** Text in lower case and without accents. Text of plain letters, the most common, takes the short way. */
export function foldLetters(text: string): string {
  const lower = text.toLowerCase()
  // oxlint-disable-next-line no-control-regex -- every ASCII character is meant
  return /^[\u0000-\u007F]*$/.test(lower) ? lower : lower.normalize('NFD').replaceAll(/\p{M}/gu, '')
}
