import type { Status } from './command.ts'
import { outcomeText, quoted } from './replies.ts'
import type { Scene } from './conversation.ts'
import type { Step, Targeted } from './action.ts'
import { fitting, listOf, mentionedLast, shownLast, wordsOf, type KnownTask } from './tasks.ts'

/** The tasks that a command is about, or what has to be done or asked to know. */
export type Resolved = Found | { readonly ask: readonly KnownTask[] } | Step

interface Found {
  readonly ids: readonly number[]
  /** There are more of this kind than were looked at. */
  readonly more: boolean
}

/** Only these can still be completed, or reopened. */
const relevant: Readonly<Record<string, Status>> = { complete: 'pending', reopen: 'completed' }

export function resolved(command: Targeted, scene: Scene): Resolved {
  const { target } = command
  switch (target.by) {
    case 'number':
      return { ids: target.numbers, more: false }
    case 'mention': {
      const ids = mentionedLast(scene.past)
      return ids.length === 1 || (target.all && ids.length > 0) ? { ids, more: false } : { ask: [] }
    }
    case 'position': {
      const tasks = shownLast(scene.past)
      const task = target.position === -1 ? tasks.at(-1) : tasks[target.position - 1]
      return task === undefined ? { ask: tasks.slice(0, 10) } : { ids: [task.id], more: false }
    }
    case 'status':
      return allOf(command, target.status, scene)
    case 'name':
      return named(command, target.name, scene)
    case 'nothing':
      return { ask: [] }
  }
}

function allOf(command: Targeted, status: Status, { done }: Scene): Resolved {
  const [call] = done
  const kind = status === 'all' ? (relevant[command.do] ?? status) : status
  if (call === undefined) return { use: [{ tool: 'list_tasks', args: { status: kind } }] }
  const list = listOf(call)
  if (list === undefined) return { say: outcomeText(done) }
  if (list.tasks.length === 0) return { say: `You have no ${kind === 'all' ? '' : `${kind} `}tasks.` }
  return { ids: list.tasks.map(({ id }) => id), more: list.more }
}

/** Looks for the words as they were said, then for the longest of them alone. */
function named(command: Targeted, name: string, { done }: Scene): Resolved {
  const lists = done.flatMap((call) => listOf(call) ?? [])
  if (done.length === 0) return search(name)
  if (lists.length === 0) return { say: outcomeText(done) }
  const tasks = lists.flatMap((list) => list.tasks)
  const fits = fitting(tasks, name)
  if (fits.length > 0) return oneOf(command, fits)
  const longest = wordsOf(name).toSorted((a, b) => b.length - a.length)[0]
  if (lists.length === 1 && longest !== undefined && longest !== name.toLowerCase()) return search(longest)
  // Found in descriptions alone: likely, but not what was said.
  if (tasks.length > 0 && lists.length === 1) return { ask: tasks }
  return { say: `I found no task that matches ${quoted(name)}.` }
}

function search(text: string): Step {
  return { use: [{ tool: 'list_tasks', args: { search: text } }] }
}

function oneOf(command: Targeted, fits: readonly KnownTask[]): Resolved {
  const wanted = relevant[command.do]
  const open = fits.filter(({ completed }) => wanted === undefined || completed === (wanted === 'completed'))
  const [only, ...others] = open.length === 0 ? fits : open
  if (only === undefined || others.length > 0) return { ask: open.length === 0 ? fits : open }
  return { ids: [only.id], more: false }
}
