// Models and files may have anything; PostgreSQL stores neither NUL nor lone surrogates, as text or in `jsonb`.

/** The text in which these are replaced. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed()
}

/** The value as JSON in which escapes of NUL and of lone surrogates are replaced. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value)
  // Results are long, and hardly ever have such an escape.
  if (!json.includes('\\u')) return json
  return json.replace(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi, '$1\\ufffd')
}
