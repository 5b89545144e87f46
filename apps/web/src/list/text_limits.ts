import { taskFields } from '@taskwire/client'
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
