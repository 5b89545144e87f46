import type { ClarifyingQuestion, NextAction } from './action.ts'
import type { Command } from './command.ts'
import { addTasks } from './commands/add.ts'
import { changeTasks } from './commands/change.ts'
import { confirmPending } from './commands/confirm.ts'
import { countTasks, listTasks } from './commands/list.ts'
import { showTasks } from './commands/show.ts'
import { undoChanges } from './commands/undo.ts'
import { completedCommand } from './clarify.ts'
import type { Conversation, Exchange } from './conversation.ts'
import { helpText, notUnderstood, unsupported } from './replies.ts'
import { understand } from './understand.ts'

/** The next action in a conversation. It depends only on the conversation; no state is kept between calls. */
export function nextAction(conversation: Conversation): NextAction {
  return actionFor(commandIn(conversation), conversation)
}

/** The command of the message, or the earlier command that it completes. */
function commandIn({ message, past }: Conversation): Command {
  const command = understand(message)
  const question = openQuestion(past)
  return question === undefined ? command : completedCommand(question, message, command)
}

/** The question that the last reply asked, found by computing that reply again. */
function openQuestion(past: readonly Exchange[]): ClarifyingQuestion | undefined {
  const last = past.at(-1)
  if (last === undefined) return undefined
  const action = nextAction({ ...last, past: past.slice(0, -1) })
  return 'reply' in action ? action.question : undefined
}

function actionFor(command: Command, conversation: Conversation): NextAction {
  switch (command.do) {
    case 'add':
      return addTasks(command, conversation)
    case 'list':
      return listTasks(command, conversation)
    case 'count':
      return countTasks(command, conversation)
    case 'show':
      return showTasks(command, conversation)
    case 'complete':
    case 'reopen':
    case 'delete':
    case 'update':
      return changeTasks(command, conversation)
    case 'undo':
      return undoChanges(command, conversation)
    case 'yes':
    case 'no':
      return confirmPending(command.do, conversation)
    case 'decline':
      return { reply: unsupported[command.request] }
    case 'help':
      return { reply: helpText }
    case 'greet':
      return { reply: `Hello! ${helpText}` }
    case 'thanks':
      return { reply: 'You are welcome.' }
    case 'unknown':
      return { reply: notUnderstood }
  }
}
