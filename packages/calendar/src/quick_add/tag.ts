/** The form in which a tag is stored and compared: trimmed, NFC, in lower case. */
export function foldedTag(text: string): string {
  return text.trim().normalize('NFC').toLowerCase().normalize('NFC')
}

/** The tag as it is stored, or undefined if no task may have it. */
export function normalizedTag(text: string): string | undefined {
  const tag = foldedTag(text)
  const length = Array.from(tag).length
  const valid = length >= 1 && length <= 50 && !tag.startsWith('#') && !/[,\p{Cc}]/u.test(tag) && tag.isWellFormed()
  return valid ? tag : undefined
}

/** The tag of the word `#tag` or `#"two words"`. */
export function tagOf(word: string): string | undefined {
  if (!word.startsWith('#')) return undefined
  if (!QUOTES.has(word.charAt(1))) return normalizedTag(word.slice(1))
  return word.length > 3 && QUOTES.has(word.slice(-1)) ? normalizedTag(word.slice(2, -1)) : undefined
}

const QUOTES = new Set(['"', '“', '”'])
