/** A word of the text: what stands between white space or commas, without the punctuation at its end. */
export interface Word {
  /** Where it starts and ends in the text, in UTF-16 units. A backslash before it and the punctuation after it are outside. */
  from: number
  to: number
  raw: string
  /** The word in lower case, or '' where it stands in quotes or belongs to a name: it then matches nothing. */
  text: string
  /** The punctuation at its end. */
  tail: string
  /** Whether a backslash stands before it. */
  escaped: boolean
}

/** What a reader of the grammar found: a value, and the index of the word after it. */
export interface Phrase<T> {
  value: T
  next: number
}

/** Splits the text into words, in one pass. Words inside double quotes, and words glued to them, have an empty `text`. */
export function splitWords(text: string): Word[] {
  const words: Word[] = []
  const quotes = closingQuotes(text)
  let at = 0
  while (at < text.length) {
    if (isSpace(text, at)) at += 1
    else {
      const end = wordEnd(text, at, quotes)
      words.push(wordOf(text, { from: at, end: end.at, quoted: end.quoted }))
      at = end.at
    }
  }
  return words
}

/** The word at the index if it directly continues a phrase: nothing but white space before it, no backslash. Else ''. */
export function continued(words: Word[], index: number): string {
  return words[index - 1]?.tail === '' ? unescaped(words, index) : ''
}

/** The word at the index if it continues a list: as `continued`, but a comma may stand before it. Else ''. */
export function listed(words: Word[], index: number): string {
  const tail = words[index - 1]?.tail
  return tail === '' || tail === ',' ? unescaped(words, index) : ''
}

/** The word at the index unless a backslash stands before it, else ''. */
export function unescaped(words: Word[], index: number): string {
  const word = words[index]
  return word === undefined || word.escaped ? '' : word.text
}

/** Reads items joined by commas, by "and", or by both. The first item starts at the index. */
export function readList<T>(
  words: Word[],
  index: number,
  read: (index: number) => Phrase<T> | undefined,
): Phrase<T[]> | undefined {
  const values: T[] = []
  let next = index
  let item = read(index)
  while (item) {
    values.push(item.value)
    next = item.next
    const and = listed(words, next) === 'and' && words[next]?.tail === ''
    const start = and ? next + 1 : next
    item = (and || words[next - 1]?.tail === ',') && unescaped(words, start) !== '' ? read(start) : undefined
  }
  return values.length > 0 ? { value: values, next } : undefined
}

/** The index of the closing quote of each opening one. */
function closingQuotes(text: string): Map<number, number> {
  const closing = new Map<number, number>()
  let open = -1
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (open < 0) {
      // A quote behind a digit is an inch mark.
      if (character === '“' || (character === '"' && !isDigit(text, at - 1))) open = at
    } else if (character === '"' || character === '”') {
      closing.set(open, at)
      open = -1
    }
  }
  return closing
}

function wordEnd(text: string, from: number, quotes: Map<number, number>): { at: number; quoted: boolean } {
  let at = from
  let quoted = false
  while (at < text.length && !isSpace(text, at)) {
    const close = quotes.get(at)
    if (close !== undefined) {
      quoted = true
      at = close
    }
    at += 1
    if (text.charAt(at - 1) === ',' && close === undefined && !(isDigit(text, at - 2) && isDigit(text, at))) break
  }
  return { at, quoted }
}

function wordOf(text: string, { from, end, quoted }: { from: number; end: number; quoted: boolean }): Word {
  const escaped = text.charAt(from) === '\\' && end > from + 1
  const start = escaped ? from + 1 : from
  const to = tailStart(text, start, end)
  const raw = text.slice(start, to)
  const isText = quoted && !isQuotedTag(raw)
  return { from: start, to, raw, text: isText ? '' : raw.toLowerCase(), tail: text.slice(to, end), escaped }
}

/** Where the punctuation at the end of a word starts. A word of nothing else is not cut. */
function tailStart(text: string, from: number, end: number): number {
  // "(see #home)": the bracket is not the tag's, unless the tag has the opening one.
  const marks = text.charAt(from) === '#' && !text.slice(from, end).includes('(') ? `${PUNCTUATION})` : PUNCTUATION
  let to = end
  while (to > from && marks.includes(text.charAt(to - 1))) to -= 1
  return to === from ? end : to
}

/** Whether the word is `#"..."` with no further quote inside: the one quoted word that the grammar reads. */
function isQuotedTag(raw: string): boolean {
  return /^#["“][^"“”]*["”]$/.test(raw)
}

function isSpace(text: string, at: number): boolean {
  return /\s/.test(text.charAt(at))
}

function isDigit(text: string, at: number): boolean {
  const character = text.charAt(at)
  return character >= '0' && character <= '9'
}

/** Punctuation that may follow a token. */
export const PUNCTUATION = '.,;:!?…、。，！？；：'
