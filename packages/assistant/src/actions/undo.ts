import type { Command } from '../command.ts'
import type { Understood } from '../language/understanding.ts'
import { undoText } from '../replies/outcomes.ts'
import type { Outcome, Situation, ToolUse } from '../steps.ts'
import type { Plan } from './plan.ts'

type UndoCommand = Extract<Command, { readonly do: 'undo' }>

type Messages = Situation['dialogue']['changes']

const undo: ToolUse = { tool: 'undo', args: {} }

/** Takes back what the last message did, all of it together, or as many changes as were named. */
export function planUndo({ times }: UndoCommand, understood: Understood, situation: Situation): Plan | Outcome {
  const { changes } = situation.dialogue
  const messages = times === 'all' ? changes : times === 'message' ? changes.slice(-1) : lastMessages(times, situation)
  const all = messages.flat().toReversed()
  if (typeof times === 'number' && all.length > times) return { reply: partText(messages) }
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

/** The last messages that made this many changes, or more where the first of them made several. */
function lastMessages(count: number, { dialogue }: Situation): Messages {
  let made = 0
  return dialogue.changes
    .toReversed()
    .filter(({ length }) => {
      const isWanted = made < count
      if (isWanted) made += length
      return isWanted
    })
    .toReversed()
}

/** Why the first of these messages is not undone in part. */
function partText(messages: Messages): string {
  const together = messages[0]?.length ?? 0
  const command = messages.length === 1 ? 'undo' : `undo the last ${messages.flat().length} changes`
  return `I made ${together} changes together and undo them together, so I have undone nothing. Say "${command}" to undo all of them.`
}
