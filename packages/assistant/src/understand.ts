import type { Command } from './command.ts'
import { add, addWeakly, newTask, remember } from './rules/add.ts'
import { unsupported, others, trash } from './rules/unsupported.ts'
import { describe } from './rules/describe.ts'
import { count, list, search, show } from './rules/read.ts'
import { rename } from './rules/rename.ts'
import type { Rule } from './rules/rule.ts'
import { complete, completeLoosely, reopen, deleteTasks, withoutTarget } from './rules/complete_delete.ts'
import { consent, smallTalk, undo } from './rules/smalltalk.ts'
import { plain } from './text.ts'

/** No command is longer than a title and a description together. */
const MAX_LENGTH = 1500

/** The command in a message, according to the first rule that matches. */
export function understand(message: string): Command {
  if (message.length > MAX_LENGTH) return { do: 'unknown' }
  const text = plain(message)
  const phrase = text.replace(/[\s.!?]+$/, '')
  for (const rule of rules) {
    const command = rule(phrase, text)
    if (command !== undefined) return command
  }
  return { do: 'unknown' }
}

// "I need to ..." is a new task, unless it mentions the list.
const need: Rule = (_, text) => {
  const duty =
    /^i(?:'ve)?\s+(?:really\s+|also\s+|still\s+)?(?:need to|have to|must|should|got to|gotta|ought to|am supposed to)\s+(.+)$/is.exec(
      text,
    )?.[1]
  if (duty === undefined) return undefined
  if (/\b(?:tasks?|todos?|to-dos?|my list)\b/i.test(duty)) return understand(duty)
  return { do: 'add', tasks: [newTask(duty)], reminder: false }
}

// From the most specific to the most ambiguous.
const rules: readonly Rule[] = [
  smallTalk,
  consent,
  reopen,
  undo,
  others,
  describe,
  remember,
  add,
  trash,
  complete,
  deleteTasks,
  withoutTarget,
  count,
  need,
  rename,
  show,
  search,
  list,
  completeLoosely,
  addWeakly,
  unsupported,
]
