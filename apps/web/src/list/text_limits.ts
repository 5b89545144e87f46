import { taskFields } from '@taskwire/client'

/** Why a title is not valid, as a sentence; null if it is. Characters are code points, as on the server. */
export function titleProblem(title: string): string | null {
  const length = Array.from(title.trim()).length
  if (length === 0) return 'A task needs a title.'
  return tooLong('title', length, taskFields.title.maxLength)
}

export function descriptionProblem(description: string): string | null {
  return tooLong('description', Array.from(description).length, taskFields.description.maxLength)
}

function tooLong(name: string, length: number, max: number): string | null {
  return length > max ? `The ${name} has ${length} characters; the maximum is ${max}.` : null
}
