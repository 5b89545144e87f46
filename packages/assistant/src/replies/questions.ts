import type { KnownTask } from '../tasks.ts'
import type { Outcome, ToolUse } from '../steps.ts'
import type { Understood } from '../language/understanding.ts'
import { numbered } from './lists.ts'

/** Asks which task a command is about. */
export function whichTask(understood: Understood, all: readonly KnownTask[]): Outcome {
  const candidates = all.slice(0, 10)
  const question = { asks: 'task', understood, candidates } as const
  if (candidates.length === 0)
    return { reply: 'Which task do you mean? Tell me its title, or its number in the list.', question }
  const more = all.length > candidates.length ? '\n(There are more: tell me more of the title.)' : ''
  return { reply: `Which one do you mean?\n${numbered(candidates, true)}${more}`, question, shown: candidates }
}

/** Asks whether to do what the message seems to say. */
export function consentQuestion(sentences: readonly string[], uses: readonly ToolUse[]): Outcome {
  return { reply: `Shall I ${sentences.join(', and ')}? Answer "yes" or "no".`, question: { asks: 'consent', uses } }
}
