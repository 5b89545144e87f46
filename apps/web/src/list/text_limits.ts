/** What is wrong with a title, in words; null if nothing. Characters are code points, as on the server. */
export function titleProblem(title: string): string | null {
  const length = Array.from(title.trim()).length
  if (length === 0) return 'A task needs a title.'
  if (length > 200) return `The title is ${length} characters long; 200 is the most.`
  return null
}

export function descriptionProblem(description: string): string | null {
  const length = Array.from(description).length
  return length > 1000 ? `The description is ${length} characters long; 1000 is the most.` : null
}
