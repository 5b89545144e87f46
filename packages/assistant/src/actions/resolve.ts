import type { Filter, Status, Target } from '../command.ts'
import { limitOf } from '../grammar/limit.ts'
import { isTitle, matchingTasks, significantWords, type Matches } from '../matching.ts'
import { failureText } from '../replies/outcomes.ts'
import { quoted } from '../replies/quote.ts'
import type { Dialogue, Outcome, Situation, Steps } from '../steps.ts'
import { taskListIn, type KnownTask } from '../tasks.ts'
import { listArguments } from './filter_arguments.ts'

/** A task that a command is about. Of one that was named by its id alone nothing else is known. */
export type NamedTask = Pick<KnownTask, 'id'> & Partial<KnownTask>

export interface Resolved {
  readonly tasks: readonly NamedTask[]
  /** All of a kind, or a range: the user has not named each of them. */
  readonly isBulk: boolean
  /** The name was only similar to the title. */
  readonly isGuessed: boolean
  /** There are more such tasks than were read. */
  readonly more: boolean
}

export interface Candidates {
  readonly candidates: readonly KnownTask[]
}

/** The tasks that a target means, the candidates to ask about, or the reply that says why there is none. */
export type Resolution = Resolved | Candidates | Outcome

/** What a search looks for: the status of the tasks that the command can still change. */
export interface Wanted {
  readonly changeable?: Status
}

/** More tasks than this are not changed by one message. */
export const MAX_TASKS = 50

const MAX_READ = 200

export function* resolve(target: Target, wanted: Wanted, situation: Situation): Steps<Resolution> {
  const { dialogue } = situation
  switch (target.by) {
    case 'id':
      return named(target.ids.map((id) => ({ id })))
    case 'number':
      return numbered(target.numbers, target.isRange, dialogue)
    case 'position':
      return positioned(target.positions, target.isRange, dialogue)
    case 'mention': {
      const ids = dialogue.mentioned
      if (ids.length === 0 || (ids.length > 1 && !target.all)) return { candidates: [] }
      return {
        ...named(ids.map((id) => dialogue.shown?.find((task) => task.id === id) ?? { id })),
        isBulk: ids.length > 2,
      }
    }
    case 'filter':
      return yield* filtered(target.filter, wanted, situation)
    case 'name':
      return yield* byName(target, wanted, situation)
    case 'nothing':
      return { candidates: [] }
  }
}

function named(tasks: readonly NamedTask[]): Resolved {
  return { tasks, isBulk: false, isGuessed: false, more: false }
}

const WHICH_LIST = 'I do not know which tasks you mean. Say "show my tasks" first, then their numbers.'

function positioned(positions: readonly number[], isRange: boolean, { shown }: Dialogue): Resolution {
  if (shown === undefined) return { reply: WHICH_LIST }
  const tasks = positions.flatMap((position) => shown.at(position < 0 ? position : position - 1) ?? [])
  return tasks.length < positions.length ? { candidates: shown } : { ...named(tasks), isBulk: isRange }
}

/**
 * Numbers are those of the list that was shown last. Where none was shown, they are ids; beyond the list only if the
 * tools have returned them, for then a program knows them. Anybody else has misread the list.
 */
function numbered(numbers: readonly number[], isRange: boolean, { shown, ids }: Dialogue): Resolution {
  if (shown === undefined) return { reply: WHICH_LIST }
  const known = numbers.flatMap((number) => shown[number - 1] ?? [])
  if (known.length === numbers.length) return { ...named(known), isBulk: isRange }
  const areIds = known.length === 0 && !isRange && (shown.length === 0 || numbers.every((number) => ids.has(number)))
  if (areIds) return named(numbers.map((id) => ({ id })))
  if (shown.length === 0) return { reply: WHICH_LIST }
  const count = shown.length === 1 ? 'one task' : `${shown.length} tasks`
  return { reply: `The list above has only ${count}, so I have changed nothing. Which ones do you mean?` }
}

function* filtered(filter: Filter, { changeable }: Wanted, { clock }: Situation): Steps<Resolution> {
  const status = filter.status === 'all' ? (changeable ?? 'all') : filter.status
  const { args, accepts } = listArguments({ ...filter, status }, clock)
  const calls = yield [{ tool: 'list_tasks', args }]
  const list = calls.map(taskListIn).find((each) => each !== undefined)
  if (list === undefined) return { reply: failureText(calls) }
  const tasks = list.tasks.filter(accepts)
  if (tasks.length === 0)
    return {
      reply: `You have no ${status === 'all' ? '' : `${status} `}tasks of that kind, so I have changed nothing.`,
    }
  return { tasks, isBulk: tasks.length > 1, isGuessed: false, more: list.more || tasks.length > MAX_TASKS }
}

/** The task with this title, else those that the name lists. */
function* byName(target: Extract<Target, { by: 'name' }>, wanted: Wanted, situation: Situation): Steps<Resolution> {
  const { name, parts = [], isQuoted } = target
  const found = yield* matched(name, parts.length > 0)
  if ('reply' in found) return found
  const limit = isQuoted || found.tasks.some((task) => isTitle(task, name)) ? undefined : limitOf(name)
  if (limit !== undefined) return { reply: unclear(limit) }
  if (found.tasks.length > 0) return onlyMatch(found, wanted)
  if (parts.length > 0) return yield* each(parts, wanted, situation)
  return { reply: `I found no task that matches ${quoted(name)}, so I have changed nothing.` }
}

export function unclear(part: string): string {
  return `I do not understand ${quoted(part)}, so I have changed nothing.`
}

/** Every part must mean exactly one task, else none of them counts. */
function* each(parts: readonly Target[], wanted: Wanted, situation: Situation): Steps<Resolution> {
  const all: Resolved[] = []
  for (const part of parts) {
    const resolution = yield* resolve(part, wanted, situation)
    if (!('tasks' in resolution)) return resolution
    all.push(resolution)
  }
  return {
    tasks: all.flatMap(({ tasks }) => tasks),
    isBulk: all.some(({ isBulk }) => isBulk),
    isGuessed: all.some(({ isGuessed }) => isGuessed),
    more: all.some(({ more }) => more),
  }
}

/**
 * Searches for the name, for its longest word and, since that may be misspelt, through the list. A name that may be a list
 * of tasks is only searched for: its parts are looked for one by one.
 */
function* matched(name: string, isList: boolean): Steps<Matches | Outcome> {
  const longest = significantWords(name).toSorted((a, b) => b.length - a.length)[0]
  const words = [name, ...(longest === undefined || longest === name.toLowerCase() ? [] : [longest])]
  const searches = words.map((search) => ({ search: beginningOf(search), limit: MAX_READ }))
  for (const args of [...searches, ...(isList ? [] : [{ status: 'all', limit: MAX_READ }])]) {
    const calls = yield [{ tool: 'list_tasks', args }]
    const list = calls.map(taskListIn).find((each) => each !== undefined)
    if (list === undefined) return { reply: failureText(calls) }
    const found = matchingTasks(list.tasks, name)
    if (found.tasks.length > 0 && (!found.isGuessed || !('search' in args))) return found
  }
  return { tasks: [], isGuessed: false }
}

/** By code points: no search may hold half a character. */
function beginningOf(name: string): string {
  return Array.from(name).slice(0, 200).join('')
}

function onlyMatch({ tasks, isGuessed }: Matches, { changeable }: Wanted): Resolution {
  const relevant = tasks.filter(
    ({ completed }) => changeable === undefined || changeable === 'all' || completed === (changeable === 'completed'),
  )
  const candidates = relevant.length === 0 ? tasks : relevant
  return candidates.length === 1 ? { ...named(candidates), isGuessed } : { candidates }
}
