import type { Filter, Target } from '../command.ts'
import type { Understood } from '../language/understanding.ts'
import { countText, detailText, listText } from '../replies/lists.ts'
import { failureText } from '../replies/outcomes.ts'
import { whichTask } from '../replies/questions.ts'
import type { Outcome, Situation, Steps } from '../steps.ts'
import { taskListIn } from '../tasks.ts'
import { listArguments } from './filter_arguments.ts'
import { resolve } from './resolve.ts'

const MAX_READ = 200

export function* listTasks(filter: Filter, { clock }: Situation): Steps<Outcome> {
  const { args, accepts } = listArguments(filter, clock)
  const calls = yield [{ tool: 'list_tasks', args }]
  const list = calls.map(taskListIn).find((each) => each !== undefined)
  if (list === undefined) return { reply: failureText(calls) }
  const tasks = list.tasks.filter(accepts)
  return { reply: listText({ ...list, tasks }, filter), ...(tasks.length > 0 && { shown: tasks }) }
}

export function* countTasks(filter: Filter, { clock }: Situation): Steps<Outcome> {
  const { args, accepts } = listArguments(filter, clock)
  const calls = yield [{ tool: 'list_tasks', args: { ...args, limit: MAX_READ } }]
  const list = calls.map(taskListIn).find((each) => each !== undefined)
  return {
    reply: list === undefined ? failureText(calls) : countText({ ...list, tasks: list.tasks.filter(accepts) }, filter),
  }
}

/** Describes tasks. They are looked up among the newest. */
export function* showTasks(target: Target, understood: Understood, situation: Situation): Steps<Outcome> {
  const resolution = yield* resolve(target, {}, situation)
  if ('reply' in resolution) return resolution
  if ('candidates' in resolution) return whichTask(understood, resolution.candidates)
  const calls = yield [{ tool: 'list_tasks', args: { status: 'all', limit: MAX_READ } }]
  const list = calls.map(taskListIn).find((each) => each !== undefined)
  if (list === undefined) return { reply: failureText(calls) }
  const wanted = resolution.tasks.map(({ id }) => id)
  const tasks = list.tasks.filter(({ id }) => wanted.includes(id))
  if (tasks.length > 0) return { reply: tasks.map(detailText).join('\n') }
  return {
    reply: list.more
      ? `That task is not among the newest ${MAX_READ}.`
      : `There is no task ${wanted.join(', ')} on your list.`,
  }
}
