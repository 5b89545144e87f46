import { rule, type Rule } from './rule.ts'
import { freeText } from './title.ts'
import { ARROW, atColon, possessor, update } from './update.ts'

/** Commands that change a task's description. */
export const describeRules: readonly Rule[] = [
  rule(`(clear|remove|delete|erase|drop) [the] DESCRIPTION (of|for|from|on) <tasks>`, ({ tasks = [] }) =>
    update(tasks, { set: 'description', description: null }),
  ),
  rule(
    `(change|set|update|edit|modify|make|replace) [the] DESCRIPTION OF <tasks> ${ARROW} <text>
     describe <tasks> (as|with|by|:) <text>
     (add|put|attach|write|append) [a|the] DESCRIPTION (to|on|for) <tasks> (saying|that says|to say|:|-) <text>
     (change|set|update|edit|modify|replace) <tasks> DESCRIPTION ${ARROW} <text>`,
    ({ tasks = [], text = [] }, message) =>
      update(possessor(tasks), { set: 'description', description: freeText(text, message) }),
  ),
  rule(`(add|put|attach|write|append) [a|the] DESCRIPTION (to|on|for) <all>`, ({ all = [] }, message) => {
    const { before, behind } = atColon(all)
    if (behind.length === 0) return undefined
    return update(before, { set: 'description', description: freeText(behind, message) })
  }),
  rule(`(add|put|attach|write) [a|the] DESCRIPTION <text> (to|on|for) <tasks>`, ({ text = [], tasks = [] }) =>
    text.length === 1 && text[0]?.isQuoted
      ? update(tasks, { set: 'description', description: text[0].raw })
      : undefined,
  ),
]
