/** A line of a text, without its end. */
export interface TextLine {
  readonly line: string
  /** 1, 2, 3 and so on. */
  readonly number: number
}

/** The lines of a text, whatever ends them, found one after the other: a list of millions would fill the memory. */
export function* textLines(text: string): Generator<TextLine> {
  const ends = /\r\n|\n|\r/g
  let number = 1
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; ; number++) {
    ends.lastIndex = at
    const end = ends.exec(text)
    yield { line: text.slice(at, end?.index), number }
    if (end === null) return
    at = ends.lastIndex
  }
}
