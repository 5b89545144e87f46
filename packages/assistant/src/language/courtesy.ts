import type { Word } from './words.ts'

/** A command without the polite words around it. */
export interface Bare {
  readonly words: readonly Word[]
  /** "Could you ...", "... please": a request, even with a question mark. */
  readonly isRequest: boolean
}

/** Takes greetings, politeness and filler words from both ends. The words inside a command are never touched. */
export function withoutCourtesy(words: readonly Word[]): Bare {
  const head = headLength(words)
  const rest = words.slice(head)
  const tail = tailLength(rest)
  const isRequest = [...words.slice(0, head), ...rest.slice(rest.length - tail)].some(({ text }) => REQUESTS.has(text))
  return { words: rest.slice(0, rest.length - tail), isRequest }
}

function headLength(words: readonly Word[]): number {
  for (let at = 0; ;) {
    const length = words[at]?.isDecoration ? 1 : phraseAt(words, at, HEADS)
    if (length === 0 || at + length >= words.length) return at
    at += length
  }
}

/** The words at the end, with emoji among and behind them. */
function tailLength(words: readonly Word[]): number {
  for (let end = words.length; ;) {
    let last = end
    while (words[last - 1]?.isDecoration) last -= 1
    const length = [4, 3, 2, 1].find((size) => last > size && phraseAt(words, last - size, TAILS) === size) ?? 0
    if (length === 0) return words.length - end
    end = last - length
  }
}

/** How many words of the longest of the phrases stand at the index. */
function phraseAt(words: readonly Word[], at: number, phrases: ReadonlySet<string>): number {
  for (const length of [5, 4, 3, 2, 1]) {
    const phrase = words.slice(at, at + length)
    if (phrase.length === length && phrases.has(phrase.map(({ text, isQuoted }) => (isQuoted ? '"' : text)).join(' ')))
      return length
  }
  return 0
}

const REQUESTS = new Set(['please', 'can', 'could', 'would', 'will', 'shall'])

const HEADS = new Set(
  `please|kindly|hey|hi|hello|hey there|hi there|dear|okay|alright|so|well|now|then|also|and|just|actually|assistant|taskwire|yo|
  hmm|hm|um|uh|oh|ah|oops|sorry|right|quick|quickly|next|first|firstly|secondly|finally|lastly|after that|and then|plus|
  can you|could you|would you|will you|can you just|could you maybe|could you possibly|can we|could we|shall we|i'd like to|i would like to|i'd love to|
  i'd like you to|i would like you to|i want you to|i need you to|i want to|i wish to|help me|help me to|let's|let us|
  go ahead and|you can|you should|you may|you could|would you kindly|do me a favor and|do me a favour and|be so kind and|
  one more thing|thanks|thank you|good morning|good evening|good afternoon|im going to need you to|
  i was wondering if you could|would it be possible to|is it possible to|it would be great if you could`.split(/\|\s*/),
)

const TAILS = new Set(
  `please|thanks|thank you|thank you very much|thank you so much|thanks a lot|thanks so much|many thanks|ty|cheers|for me|if you can|
  if possible|will you|would you|can you|could you|if you don't mind|if you would|asap please|okay|mate|buddy|dude|bro|man|
  real quick|quickly please|right away|right now please|taskwire|assistant`
    .split(/\|\s*/)
    .map((phrase) => phrase.trim()),
)
