/** The text without what PostgreSQL stores neither as text nor in `jsonb`: NUL characters and lone surrogates. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}
