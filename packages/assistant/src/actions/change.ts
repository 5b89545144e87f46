import type { Status, TargetedCommand } from '../command.ts'
import { whichTask } from '../replies/questions.ts'
import { quoted } from '../replies/quote.ts'
import type { Understood } from '../language/understanding.ts'
import type { Outcome, Situation, Steps, ToolUse } from '../steps.ts'
import type { Plan } from './plan.ts'
import { MAX_TASKS, resolve, type NamedTask, type Resolved } from './resolve.ts'
import { updateOf } from './update.ts'

type ChangeCommand = Exclude<TargetedCommand, { readonly do: 'show' }>

/** The status of the tasks that a command can still change. */
const changeable: Readonly<Partial<Record<ChangeCommand['do'], Status>>> = { complete: 'pending', reopen: 'completed' }

/** Completes, reopens, deletes or updates the tasks that the command names. */
export function* planChange(
  command: ChangeCommand,
  understood: Understood,
  situation: Situation,
): Steps<Plan | Outcome> {
  if (command.do === 'update' && command.change.set === 'nothing') {
    return { reply: 'What should the new title be?', question: { asks: 'title', understood } }
  }
  const status = changeable[command.do]
  const resolution = yield* resolve(command.target, status === undefined ? {} : { changeable: status }, situation)
  if ('reply' in resolution) return resolution
  if ('candidates' in resolution) return whichTask(understood, resolution.candidates)
  const tasks = changeableTasks(uniqueTasks(resolution.tasks), status)
  if (tasks.length > MAX_TASKS || resolution.more) {
    return {
      reply: `That would be more than ${MAX_TASKS} tasks, so I have changed nothing. Name a part of them, such as those of one tag or day.`,
    }
  }
  if (command.do === 'update') return yield* planUpdate(command, { ...resolution, tasks }, { understood, situation })
  return {
    uses: tasks.map(({ id }) => ({ tool: `${command.do}_task`, args: { task_id: id } })),
    sentence: `${command.do} ${namesOf(tasks)}`,
    needsConsent:
      command.do === 'delete'
        ? needsConsentToDelete(command.isVague, resolution, understood)
        : resolution.isBulk || understood.isQuestion,
  }
}

/** The confirmation of several deletions is the server's own. */
function needsConsentToDelete(isVague: boolean, { tasks, isGuessed }: Resolved, understood: Understood): boolean {
  return tasks.length === 1 && (isVague || isGuessed || understood.isGuessed || understood.isQuestion)
}

interface UpdateOptions {
  readonly understood: Understood
  readonly situation: Situation
}

function* planUpdate(
  { change }: Extract<ChangeCommand, { do: 'update' }>,
  { tasks, isBulk }: Resolved,
  { understood, situation }: UpdateOptions,
): Steps<Plan | Outcome> {
  if (change.set === 'title' && tasks.length > 1) return whichTask(understood, [])
  const update = yield* updateOf(change, tasks, situation)
  if ('reply' in update) return update
  return {
    uses: update.uses.map((args): ToolUse => ({ tool: 'update_task', args })),
    sentence: `change ${namesOf(tasks)}: ${update.sentence}`,
    needsConsent: isBulk || understood.isQuestion,
  }
}

/** Of several tasks those that the command changes, as far as it is known. */
function changeableTasks(tasks: readonly NamedTask[], status: Status | undefined): readonly NamedTask[] {
  const open = tasks.filter(({ completed }) => status === undefined || completed !== (status === 'pending'))
  return open.length > 0 ? open : tasks
}

function uniqueTasks(tasks: readonly NamedTask[]): readonly NamedTask[] {
  return [...new Map(tasks.map((task) => [task.id, task])).values()]
}

function namesOf(tasks: readonly NamedTask[]): string {
  const names = tasks.map(({ id, title }) => (title === undefined ? `task ${id}` : quoted(title)))
  return names.length > 1 ? `these ${names.length} tasks: ${names.join(', ')}` : names.join()
}
