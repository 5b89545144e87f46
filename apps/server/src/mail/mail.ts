/** A message to one person, sent as plain text and as HTML. */
export interface Mail {
  readonly to: string
  readonly subject: string
  /** Plain text; it is escaped where it becomes HTML. */
  readonly paragraphs: readonly string[]
  /** What the reader is asked to open, between the first and the other paragraphs. */
  readonly link?: { readonly label: string; readonly url: string }
  readonly headers?: Readonly<Record<string, string>>
}

/** The plain text of a mail. The link stands on a line of its own, so that every mail program finds its end. */
export function plainText({ paragraphs: [first = '', ...others], link }: Mail): string {
  return `${[first, ...(link === undefined ? [] : [`${link.label}:\n${link.url}`]), ...others].join('\n\n')}\n`
}

/** The same as HTML without images, styles from elsewhere or anything else that a mail program would have to fetch. */
export function html({ subject, paragraphs: [first = '', ...others], link }: Mail): string {
  const action =
    link === undefined ? [] : [`<p><a href="${escaped(link.url)}">${escaped(link.label)}</a></p>`, small(link.url)]
  const body = [paragraph(first), ...action, ...others.map(paragraph)].join('\n')
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escaped(subject)}</title></head>
<body style="font-family: sans-serif; line-height: 1.5; max-width: 36rem">
${body}
</body>
</html>
`
}

function paragraph(text: string): string {
  return `<p>${escaped(text).replaceAll('\n', '<br>')}</p>`
}

/** The URL in full, for readers who copy it. */
function small(url: string): string {
  return `<p style="font-size: 0.85em; word-break: break-all">${escaped(url)}</p>`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
}
