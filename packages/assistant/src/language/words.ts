/** A word of a message, or a text in quotation marks. */
export interface Word {
  /** Where it starts and ends in the message, in UTF-16 units, quotation marks included, punctuation behind it not. */
  readonly from: number
  readonly to: number
  /** As it was typed, without quotation marks. */
  readonly raw: string
  /** In lower case and with the apostrophe that belongs there; '' for a quoted text, which is never part of a command. */
  readonly text: string
  /** The punctuation behind it. */
  readonly tail: string
  readonly isQuoted: boolean
  /** Whether it is the first of a line. */
  readonly startsLine: boolean
  /** Neither letters nor digits: an emoji, or a mark of a list. */
  readonly isDecoration: boolean
}

/** A message with straight quotation marks and plain blanks, every character at its place. */
export function straightened(message: string): string {
  return message
    .replace(/[\u2018\u2019\u201A\u2032`]/g, "'")
    .replace(/[\u201C\u201D\u201E\u00AB\u00BB]/g, '"')
    .replace(/[^\S\n]/g, ' ')
}

/** The words of a straightened message, in one pass. */
export function splitWords(text: string): Word[] {
  const closing = closingQuotes(text)
  const words: Word[] = []
  let startsLine = true
  for (let at = 0; at < text.length;) {
    if (isSpace(text.charAt(at))) {
      startsLine ||= text.charAt(at) === '\n'
      at += 1
      continue
    }
    const word = wordAt(text, at, { startsLine, close: closing.get(at) })
    words.push(word)
    startsLine = false
    at = word.to + word.tail.length
  }
  return words
}

function wordAt(
  text: string,
  from: number,
  { startsLine, close }: { startsLine: boolean; close: number | undefined },
): Word {
  const isQuoted = close !== undefined
  const end = isQuoted ? tailEnd(text, close + 1) : wordEnd(text, from)
  const to = isQuoted ? close + 1 : tailStart(text, from, end)
  const raw = isQuoted ? text.slice(from + 1, close).trim() : text.slice(from, to)
  const lower = raw.toLowerCase()
  return {
    from,
    to,
    raw,
    text: isQuoted ? '' : (SPELLINGS.get(lower) ?? lower),
    tail: text.slice(to, end),
    isQuoted,
    startsLine,
    isDecoration: !isQuoted && !MARKS.has(raw) && !/[\p{L}\p{N}]/u.test(raw),
  }
}

/** The index of the closing quotation mark of each opening one. An apostrophe inside a word is none. */
function closingQuotes(text: string): ReadonlyMap<number, number> {
  const closing = new Map<number, number>()
  let double = -1
  let single = -1
  for (let at = text.length - 1; at >= 0; at--) {
    const mark = text.charAt(at)
    if (mark !== '"' && mark !== "'") continue
    const opens = at === 0 || /[\s([:,]/.test(text.charAt(at - 1))
    const closes = !/[\p{L}\p{N}]/u.test(text.charAt(at + 1))
    const close = mark === '"' ? double : single
    const isEmpty = close === at + 1
    if (opens && close > 0 && !isEmpty && !isSpace(text.charAt(at + 1))) {
      closing.set(at, close)
      if (mark === '"') double = -1
      else single = -1
    } else if (closes) {
      if (mark === '"') double = at
      else single = at
    }
  }
  return closing
}

function wordEnd(text: string, from: number): number {
  let at = from
  while (at < text.length && !isSpace(text.charAt(at))) {
    at += 1
    // "milk,bread" are two words, "1,2" and "10,000" one.
    if (text.charAt(at - 1) === ',' && !/\d/.test(text.charAt(at))) break
  }
  return at
}

function tailEnd(text: string, from: number): number {
  let end = from
  while (end < text.length && PUNCTUATION.includes(text.charAt(end))) end += 1
  return end
}

function tailStart(text: string, from: number, end: number): number {
  let to = end
  while (to > from && (PUNCTUATION.includes(text.charAt(to - 1)) || isEmoji(text.charCodeAt(to - 1)))) to -= 1
  return to === from ? end : to
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\n'
}

/** The part of a message from the first of the words to the last, with the punctuation behind it. */
export function textOf(message: string, words: readonly Word[]): string {
  const [first] = words
  const last = words.at(-1)
  return first === undefined || last === undefined ? '' : message.slice(first.from, last.to + last.tail.length)
}

const PUNCTUATION = '.,;:!?…)'
/** Whether the UTF-16 unit is of an emoji that is glued to a word: half of a pair, a symbol, a selector or a joiner. */
function isEmoji(unit: number): boolean {
  return (unit >= 0xd800 && unit <= 0xdfff) || (unit >= 0x2600 && unit <= 0x27bf) || unit === 0xfe0f || unit === 0x200d
}

/** Marks that commands may contain. */
const MARKS = new Set(['->', '=>', '=', '&', '+', ':', '-'])

const SPELLINGS = new Map(
  [
    ["don't", 'dont don´t'],
    ["i'm", 'im'],
    ["i've", 'ive'],
    ["what's", 'whats wots'],
    ["isn't", 'isnt'],
    ["aren't", 'arent'],
    ["haven't", 'havent'],
    ["didn't", 'didnt'],
    ["let's", 'lets'],
    ['you', 'u ya'],
    ['please', 'pls plz plse pleas pleaes plase pleae'],
    ['thanks', 'thx thanx tnx'],
    ['okay', 'ok k'],
    ['and', 'n'],
    ['delete', 'del'],
    ['add', 'addd aad adda'],
  ].flatMap(([word = '', spellings = '']) => spellings.split(' ').map((spelling) => [spelling, word] as const)),
)
