import { limits, taskFields } from '@taskwire/client'
import type { Task } from '../client.ts'
import { t } from '../texts/texts.ts'

/** Why a title is not valid, as a sentence; null if it is. Characters are code points, as on the server. */
export function titleProblem(title: string): string | null {
  const length = Array.from(title.trim()).length
  if (length === 0) return t.editor.problems.noTitle
  const max = taskFields.title.maxLength
  return length > max ? t.editor.problems.titleLong(length, max) : null
}

export function descriptionProblem(description: string): string | null {
  const length = Array.from(description).length
  const max = taskFields.description.maxLength
  return length > max ? t.editor.problems.descriptionLong(length, max) : null
}

export function checklistProblem(checklist: Task['checklist']): string | null {
  const max = limits.checklistItemLength
  const lengths = checklist.map(({ text }) => Array.from(text.trim()).length)
  const at = lengths.findIndex((length) => length > max)
  return at === -1 ? null : t.editor.problems.itemLong(at + 1, lengths[at] ?? 0, max)
}

/** Why tags in the form in which they are stored are not valid. */
export function tagsProblem(tags: readonly string[]): string | null {
  const { maxItems } = taskFields.tags
  if (tags.length > maxItems) return t.editor.problems.tagsMany(tags.length, maxItems)
  const longest = Math.max(0, ...tags.map((tag) => Array.from(tag).length))
  return longest > limits.tagLength ? t.editor.problems.tagLong(longest, limits.tagLength) : null
}
