/** A title in quotation marks, always on one line. */
export function quoted(title: string): string {
  return `“${oneLine(title)}”`
}

export function oneLine(title: string): string {
  return title.replace(/\s+/g, ' ')
}
