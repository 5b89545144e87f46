import type { Word } from './words.ts'

/** Marks the words of well-known names and idioms that contain a token, such as Black Friday, so that they stay text. */
export function markNames(words: Word[]): void {
  for (let index = 0; index < words.length; index += 1) {
    const name = NAMES.get(words[index]?.text ?? '')?.find((rest) => follows(words, index + 1, rest))
    if (!name || words[index]?.escaped) continue
    for (const word of words.slice(index, index + 1 + name.length)) word.text = ''
    index += name.length
  }
}

function follows(words: Word[], index: number, rest: string[]): boolean {
  return rest.every((text, offset) => {
    const word = words[index + offset]
    return word?.text === text && !word.escaped && words[index + offset - 1]?.tail === ''
  })
}

/** By their first word, the words that follow it. */
const NAMES = new Map<string, string[][]>()

const LIST = `
day after tomorrow, tomorrow never dies, tomorrow never knows, edge of tomorrow
high noon, darkness at noon, around the world in 80 days
black friday, good friday, casual friday, freaky friday, his girl friday, friday night lights, friday the 13th
black monday, blue monday, cyber monday, manic monday, easter monday, whit monday, monday night football
ruby tuesday, super tuesday, giving tuesday, shrove tuesday, fat tuesday
ash wednesday, wednesday addams, maundy thursday
saturday night fever, saturday night live, holy saturday, small business saturday
palm sunday, easter sunday, bloody sunday, any given sunday, super bowl sunday
sun tzu, sun microsystems, sun valley, sat nav, tom yum, tom kha
`

for (const name of LIST.split(/[,\n]+/)) {
  const [first = '', ...rest] = name.trim().split(' ')
  if (first !== '') NAMES.set(first, [...(NAMES.get(first) ?? []), rest])
}
