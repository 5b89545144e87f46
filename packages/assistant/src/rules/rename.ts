import { targetOf } from '../target.ts'
import { capital, unquoted } from '../text.ts'
import { propertyIn } from './unsupported.ts'
import { NOUN, type Rule } from './rule.ts'

// Commands that change the title of a task.

const renames = [
  // A new title in quotes, or a noun or number before it, shows best where the old title ends.
  /^(?:change|rename|update|edit|modify|retitle|reword|replace|correct|set|make|turn)\s+(.+?)\s+(?:to|into|as|with|be|say|->|=>|=|:)\s+("[^"]+"|'.+')$/is,
  new RegExp(
    `^(?:change|rename|update|edit|modify|retitle|reword|replace|correct|set|turn)\\s+(.*?\\b(?:${NOUN}|#)\\s*(?:number\\s*|no\\.?\\s*)?#?(?:\\d+)?(?:'s)?(?:\\s+(?:title|name|text))?)\\s*(?:\\s(?:to|into|as|with)|->|=>|=|:)\\s+(.+)$`,
    'is',
  ),
  /^(?:change|rename|update|edit|modify|retitle|reword|replace|correct|set|turn)\s+(.+?)\s*(?:\s(?:to|into|as|with)|->|=>|=|:)\s+(.+)$/is,
  new RegExp(`^(?:rename|retitle)\\s+(${NOUN}\\s*#?\\d+|#?\\d+)\\s*:?\\s+(["'].+)$`, 'is'),
  new RegExp(`^(?:call|name)\\s+(${NOUN}\\s*#?\\d+|#?\\d+|it|that)\\s+(.+)$`, 'is'),
  new RegExp(`^(${NOUN}\\s*#?\\d+|#\\d+)\\s+should\\s+(?:be(?: called)?|say|read)\\s+(.+)$`, 'is'),
  new RegExp(`^make\\s+(${NOUN}\\s*#?\\d+|#\\d+)\\s+(?:say|read)\\s+(.+)$`, 'is'),
]
const unfinishedRename = /^(?:change|rename|update|edit|modify|retitle)\s+(.+)$/is

export const rename: Rule = (phrase, text) => {
  for (const pattern of renames) {
    const [, named, title] = pattern.exec(text) ?? []
    if (named === undefined || title === undefined || /^(?:a|an)\s/i.test(named)) continue
    const declined = /["']/.test(named + title)
      ? undefined
      : propertyIn(/^(?:set|turn)\b/i.test(phrase) ? named + title : named)
    if (declined !== undefined) return declined
    const oldName = named
      .replace(/^(?:the\s+)?(?:title|name|text|wording)\s+(?:of|for)\s+/i, '')
      .replace(/(?:'s)?\s+(?:title|name|text)$/i, '')
    // In "the title of task 1 to be X" the "be" does not belong to the new title; without "the title of" it does.
    const newTitle = oldName === named ? title : title.replace(/^(?:be|say|read)\s+/i, '')
    return { do: 'update', target: targetOf(oldName), title: capital(unquoted(newTitle)) }
  }
  const target = unfinishedRename.exec(phrase)?.[1]
  return target === undefined ? undefined : (propertyIn(target) ?? { do: 'update', target: targetOf(target) })
}
