import type { Command } from '../command.ts'
import type { Understood } from '../language/understanding.ts'
import { undoText } from '../replies/outcomes.ts'
import type { Outcome, Situation, ToolUse } from '../steps.ts'
import type { Plan } from './plan.ts'

type UndoCommand = Extract<Command, { readonly do: 'undo' }>

const undo: ToolUse = { tool: 'undo', args: {} }

/** Takes back what the last message did, all of it together, or as many changes as were named. */
export function planUndo({ times }: UndoCommand, understood: Understood, situation: Situation): Plan | Outcome {
  const { changes } = situation.dialogue
  const messages = times === 'all' ? changes : times === 'message' ? changes.slice(-1) : lastMessages(times, situation)
  if (messages === undefined) {
    const count = changes.at(-1)?.length ?? 0
    return {
      reply: `I made ${count} changes together and undo them together, so I have undone nothing. Say "undo" to undo all of them.`,
    }
  }
  const all = messages.flat().toReversed()
  // The change may lie before what is known of the conversation.
  if (all.length === 0) return { uses: [undo], sentence: 'undo the last change', needsConsent: understood.isQuestion }
  return {
    uses: messages.map(() => undo),
    sentence: `undo ${all.length === 1 ? 'the last change' : `${all.length} changes`}: ${undoText(all)}`,
    // What was created would be deleted, and several deletions need the confirmation of the server.
    isConfirmed: all.length > 1 && all.some(({ status }) => status === 'created'),
    needsConsent: understood.isQuestion || (times === 'all' && messages.length > 1),
  }
}

/** The last messages that made this many changes; undefined if only a part of one would be undone. */
function lastMessages(count: number, { dialogue }: Situation): Situation['dialogue']['changes'] | undefined {
  let left = count
  const messages = dialogue.changes.toReversed().filter((made) => {
    const isWanted = left > 0
    left -= isWanted ? made.length : 0
    return isWanted
  })
  return left < 0 ? undefined : messages.toReversed()
}
