/** Text with what was searched for marked in it. */
export function Highlight({ text, search }: { readonly text: string; readonly search: string }) {
  const wanted = search.trim().toLowerCase()
  const lower = text.toLowerCase()
  // Where lower case has another length, places in one are not places in the other.
  if (wanted === '' || lower.length !== text.length || !lower.includes(wanted)) return text
  const parts = []
  let from = 0
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    parts.push(text.slice(from, at), <mark key={at}>{text.slice(at, at + wanted.length)}</mark>)
    from = at + wanted.length
  }
  return [...parts, text.slice(from)]
}
