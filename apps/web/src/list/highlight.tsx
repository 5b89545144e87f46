import { foldLetters } from '../views/match.ts'

/** Text with every match of the search marked. */
export function Highlight({ text, search }: { readonly text: string; readonly search: string }) {
  const query = foldLetters(search.trim())
  const lower = foldLetters(text)
  // If the folded text has another length, its positions do not apply to the original.
  if (query === '' || lower.length !== text.length || !lower.includes(query)) return text
  const parts = []
  let from = 0
  for (let at = lower.indexOf(query); at >= 0; at = lower.indexOf(query, from)) {
    parts.push(text.slice(from, at), <mark key={at}>{text.slice(at, at + query.length)}</mark>)
    from = at + query.length
  }
  return [...parts, text.slice(from)]
}
