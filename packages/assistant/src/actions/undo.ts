import type { Command } from '../command.ts'
import type { Understood } from '../language/understanding.ts'
import { undoText } from '../replies/outcomes.ts'
import type { Situation, ToolUse } from '../steps.ts'
import type { Plan } from './plan.ts'

type UndoCommand = Extract<Command, { readonly do: 'undo' }>

/** Takes back what the last message did, all of it together, or as many changes as were named. */
export function planUndo({ times }: UndoCommand, understood: Understood, { dialogue }: Situation): Plan {
  const standing = dialogue.changes.flat()
  const count =
    times === 'all'
      ? standing.length
      : times === 'message'
        ? (dialogue.changes.at(-1)?.length ?? 0)
        : Math.min(times, standing.length)
  // The change may lie before what is known of the conversation.
  if (count === 0)
    return { uses: [{ tool: 'undo', args: {} }], sentence: 'undo the last change', needsConsent: understood.isQuestion }
  const changes = standing.slice(-count).toReversed()
  return {
    uses: changes.map(({ seq }): ToolUse => ({ tool: 'undo', args: seq === undefined ? {} : { seq } })),
    sentence: `undo ${count === 1 ? 'the last change' : `${count} changes`}: ${undoText(changes)}`,
    // What was created would be deleted, and several deletions need the confirmation of the server.
    isConfirmed: count > 1 && changes.some(({ status }) => status === 'created'),
    needsConsent: understood.isQuestion || (times === 'all' && dialogue.changes.length > 1),
  }
}
