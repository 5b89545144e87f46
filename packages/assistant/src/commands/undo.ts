import type { NextAction } from '../action.ts'
import type { Command } from '../command.ts'
import type { Conversation } from '../conversation.ts'
import { outcomeText } from '../replies.ts'

type UndoCommand = Extract<Command, { readonly do: 'undo' }>

export function undoChanges({ times, seq }: UndoCommand, { calls }: Conversation): NextAction {
  if (calls.length > 0) return { reply: outcomeText(calls) }
  return { use: Array.from({ length: times }, () => ({ tool: 'undo', args: seq === undefined ? {} : { seq } })) }
}
