/** A message without polite phrases, with straight quotes and apostrophes and single spaces. */
export function plain(message: string): string {
  let text = message
    .replace(/[\u2018\u2019\u201A\u2032`]/g, "'")
    .replace(/[\u201C\u201D\u201E\u00AB\u00BB]/g, '"')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim()
  for (let before = ''; before !== text;) {
    before = text
    for (const polite of POLITE) text = text.replace(polite, '').trim()
  }
  return text
}

const POLITE = [
  /^(?:(?:hey|hi|hello)(?!\s+there)|dear|ok|okay|alright|please|pls|kindly|so|well|now|then|also|and|just|actually|assistant|taskwire)\b[,!.:]?\s+(?=\S)/i,
  /^(?:can|could|would|will)\s+(?:you|u)\s+(?:please\s+|kindly\s+|just\s+)?(?=\S)/i,
  /^i(?:'d| would)\s+(?:like|love)\s+(?:you\s+)?to\s+(?=\S)/i,
  /^i\s+(?:want|need)\s+you\s+to\s+(?=\S)/i,
  /^i\s+(?:want|wish)\s+to\s+(?=\S)/i,
  /^(?:help me(?: to)?|let's|let us|go ahead and|you (?:can|should|may)|would you mind|do me a favou?r and)\s+(?=\S)/i,
  /(?:,\s*|\s+)(?:please|pls|plz|thanks|thank you|thx|for me|if you can|will you|would you)\s*[.!?]*$/i,
]

/** The text without enclosing quotes and without a full stop at its end. */
export function unquoted(text: string): string {
  const content = text.trim().replace(/\s*\.+$|(?<=["'])\s*[?!]+$/, '')
  const quoted = /^(["'])([\s\S]*)\1$/.exec(content)
  return (quoted?.[2] ?? content).trim()
}

/** The text with its first letter in upper case. */
export function capital(text: string): string {
  const [first = '', ...rest] = Array.from(text)
  return first.toUpperCase() + rest.join('')
}

const NUMBERS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']
const ORDINALS = ['', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth']

/** The number that a word means, in digits or spelled out. */
export function numberOf(word: string): number | undefined {
  if (/^\d{1,10}$/.test(word)) return Number(word)
  const spelled = NUMBERS.indexOf(word.toLowerCase())
  return spelled === -1 ? undefined : spelled
}

/** The position in a list that a word means, counted from 1; -1 is the last. */
export function positionOf(word: string): number | undefined {
  const ordinal = word.toLowerCase()
  if (ordinal === 'last') return -1
  const spelled = ORDINALS.indexOf(ordinal)
  if (spelled > 0) return spelled
  const digits = /^(\d{1,3})(?:st|nd|rd|th)$/.exec(ordinal)
  return digits === null ? undefined : Number(digits[1])
}
