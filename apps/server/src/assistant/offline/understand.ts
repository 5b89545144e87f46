import type { Command } from './command.ts'
import { add, addWeakly, newTask, remember } from './rules/add.ts'
import { beyond, others, trash } from './rules/unsupported.ts'
import { describe } from './rules/describe.ts'
import { count, list, search, show } from './rules/read.ts'
import { rename } from './rules/rename.ts'
import type { Rule } from './rules/rule.ts'
import { complete, completeLoosely, reopen, trashTasks, withoutTarget } from './rules/complete_delete.ts'
import { consent, smallTalk, undo } from './rules/smalltalk.ts'
import { plain } from './text.ts'

/** A message that is longer than a title and a description together is no command. */
const MAX_LENGTH = 1500

/** What a message asks for. The first rule that knows it decides. */
export function understand(message: string): Command {
  if (message.length > MAX_LENGTH) return { do: 'unknown' }
  const text = plain(message)
  const said = text.replace(/[\s.!?]+$/, '')
  for (const rule of rules) {
    const command = rule(said, text)
    if (command !== undefined) return command
  }
  return { do: 'unknown' }
}

// “I need to ...” is a task of its own, unless it speaks of the list.
const need: Rule = (_, text) => {
  const what =
    /^i(?:'ve)?\s+(?:really\s+|also\s+|still\s+)?(?:need to|have to|must|should|got to|gotta|ought to|am supposed to)\s+(.+)$/is.exec(
      text,
    )?.[1]
  if (what === undefined) return undefined
  if (/\b(?:tasks?|todos?|to-dos?|my list)\b/i.test(what)) return understand(what)
  return { do: 'add', tasks: [newTask(what)], reminder: false }
}

// From what is said in one way only to what could be said of many things.
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
  trashTasks,
  withoutTarget,
  count,
  need,
  rename,
  show,
  search,
  list,
  completeLoosely,
  addWeakly,
  beyond,
]
