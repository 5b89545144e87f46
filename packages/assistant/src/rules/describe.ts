import { targetOf } from '../target.ts'
import { unquoted } from '../text.ts'
import { NOUN, type Rule } from './rule.ts'

// Commands that set or clear the description of a task.

const DESCRIPTION = '(?:description|desc|details?|notes?)'
const describeOf = new RegExp(
  `^(?:change|set|update|edit|modify|make|replace)\\s+(?:the\\s+)?${DESCRIPTION}\\s+(?:of|for|on)\\s+(.+?)\\s+(?:to|as|into|with|:|=)\\s*(.+)$`,
  'is',
)
const describeIts = new RegExp(
  `^(?:change|set|update|edit|modify|replace)\\s+(.+?)(?:'s)?\\s+${DESCRIPTION}\\s+(?:to|as|into|with|:|=)\\s*(.+)$`,
  'is',
)
const describeAs = /^describe\s+(.+?)\s+(?:as|with|by|:)\s*(.+)$/is
const describeWith = new RegExp(
  `^(?:add|put|attach|write|append)\\s+(?:a\\s+|the\\s+)?${DESCRIPTION}\\s+(?:to|on|for)\\s+(${NOUN}\\s*#?\\d+|#\\d+|it|that|.+?\\b${NOUN})\\s*(?:[:,-]|saying|that says|to say)?\\s+(.+)$`,
  'is',
)
const describeOnto = new RegExp(
  `^(?:add|put|attach|write)\\s+(?:a\\s+|the\\s+)?${DESCRIPTION}\\s*:?\\s+(["'].+["'])\\s+(?:to|on|for)\\s+(.+)$`,
  'is',
)
const undescribe = new RegExp(
  `^(?:clear|remove|delete|erase|drop)\\s+(?:the\\s+)?${DESCRIPTION}\\s+(?:of|for|from|on)\\s+(.+)$`,
  'is',
)

export const describe: Rule = (phrase, text) => {
  const cleared = undescribe.exec(phrase)?.[1]
  if (cleared !== undefined) return { do: 'update', target: targetOf(cleared), description: null }
  const onto = describeOnto.exec(phrase)
  if (onto !== null) return { do: 'update', target: targetOf(onto[2] ?? ''), description: unquoted(onto[1] ?? '') }
  for (const pattern of [describeOf, describeWith, describeAs, describeIts]) {
    const [, target, description] = pattern.exec(text) ?? []
    if (target !== undefined && description !== undefined) {
      return { do: 'update', target: targetOf(target), description: unquoted(description) }
    }
  }
  return undefined
}
