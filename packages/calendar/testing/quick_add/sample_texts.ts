import fc from 'fast-check'

/** Pieces close to the grammar: its words, words that follow them in a sentence, and opening and closing punctuation. */
export const PIECES = `
today|Tomorrow|tod|TOM|on|by|next|this|in|week|weeks|days|day|last|other|in 3 days|24|Dec|29 feb|May|2027|1st|15th|3rd
monday|Fri|sat|SUN|and|weekday|the|of|month|months|year|2|3|0|999|2026-12-24|2026-02-30|friday|black
at|5pm|5:30|17:00|am|pm|noon|start|remind|30m|1d|9w|!1|!low|!9|#home|#"two words"|#|##|#c++|#日本|milk|Bob|🎉
every|every!|Every|from|until|times|every day|every 2 weeks on mon, thu|on the last day|from 1 Dec|until 24 Dec|5 times
"|“|”|,|.|!|(|)|-
`
  .trim()
  .split(/[|\n]/)

/** Texts of such pieces, mostly separated by spaces. */
export const texts: fc.Arbitrary<string> = fc
  .array(fc.tuple(fc.constantFrom(...PIECES), fc.constantFrom(' ', ' ', ' ', ' ', ', ', ',', '', '  ', '. ', '\n')), {
    maxLength: 14,
  })
  .map((pieces) => pieces.flat().join(''))

/** Like `texts`, mixed with anything else: lone surrogates, control characters, backslashes. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  texts,
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(fc.oneof(fc.constantFrom(...PIECES, '\\', ' \\'), fc.string({ unit: 'binary', maxLength: 3 })), {
      maxLength: 20,
    })
    .map((parts) => parts.join(' ')),
)
