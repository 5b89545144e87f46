import type { NextAction } from '../action.ts'
import type { Command } from '../command.ts'
import type { Conversation } from '../conversation.ts'
import { outcomeText } from '../replies.ts'

const MAX_TASKS = 50

type AddCommand = Extract<Command, { readonly do: 'add' }>

export function addTasks(command: AddCommand, { calls }: Conversation): NextAction {
  const { tasks, reminder } = command
  if (tasks.length === 0) return { reply: 'What should the task be called?', question: { asksFor: 'title', command } }
  if (tasks.length > MAX_TASKS) return { reply: `I can add at most ${MAX_TASKS} tasks at once.` }
  if (calls.length === 0) return { use: tasks.map((args) => ({ tool: 'add_task', args: { ...args } })) }
  const note = reminder ? ' I cannot send reminders, but it is on your list.' : ''
  return { reply: outcomeText(calls) + note }
}
