import { quickAdd } from '@taskwire/calendar'
import type { TaskChange } from '../command.ts'
import { failureText } from '../replies/outcomes.ts'
import { quoted } from '../replies/quote.ts'
import type { Outcome, Situation, Steps } from '../steps.ts'
import { fieldsText } from '../replies/fields.ts'
import { taskListIn, type KnownTask } from '../tasks.ts'
import { unclear, type NamedTask } from './resolve.ts'

/** The arguments of update_task for each task, and what they do in words. */
export interface Update {
  readonly uses: readonly Readonly<Record<string, unknown>>[]
  readonly sentence: string
}

export function* updateOf(
  change: TaskChange,
  tasks: readonly NamedTask[],
  situation: Situation,
): Steps<Update | Outcome> {
  switch (change.set) {
    case 'nothing':
      return { uses: [], sentence: '' }
    case 'title':
      return same(tasks, { title: change.title }, `the title becomes ${quoted(change.title)}`)
    case 'description':
      return same(tasks, { description: change.description }, 'the description')
    case 'priority':
      return same(
        tasks,
        { priority: change.priority },
        change.priority === null ? 'no priority' : `${change.priority} priority`,
      )
    case 'tags':
      return yield* tagUpdate(change, tasks)
    case 'recurrence':
      return change.rule === null
        ? same(tasks, { recurrence: null }, 'it repeats no more')
        : yield* schedule(change.rule, tasks, situation)
    case 'schedule':
      return change.schedule === null
        ? same(tasks, { due_date: null, due_time: null, due_zone: null }, 'no due date')
        : yield* schedule(change.schedule, tasks, situation)
  }
}

function same(tasks: readonly NamedTask[], fields: Readonly<Record<string, unknown>>, sentence: string): Update {
  return { uses: tasks.map(({ id }) => ({ task_id: id, ...fields })), sentence }
}

/** The days and times that a text says, by the grammar of quick add. All of it must be understood. */
function* schedule(text: string, tasks: readonly NamedTask[], { clock }: Situation): Steps<Update | Outcome> {
  const { title, fields, spans } = quickAdd(text, clock)
  if (title !== '') return { reply: unclear(title) }
  const sentence = fieldsText(fields).replace(/^, /, '')
  // "move it to 5pm" and "repeat it every week" keep the day that it has.
  if (spans.some(({ is }) => is === 'due_date')) return same(tasks, { ...fields }, sentence)
  const read = yield* current(tasks)
  if ('reply' in read) return read
  const { due_date, ...others } = fields
  return {
    uses: read.tasks.map((task) => ({ task_id: task.id, ...(task.due_date ? others : { due_date, ...others }) })),
    sentence,
  }
}

/** A task's tags are replaced as a whole, so they are read first; if they change meanwhile, the write is refused. */
function* tagUpdate(
  { add, remove }: Extract<TaskChange, { set: 'tags' }>,
  tasks: readonly NamedTask[],
): Steps<Update | Outcome> {
  const read = yield* current(tasks)
  if ('reply' in read) return read
  const removed = new Set(remove.map((tag) => tag.toLowerCase()))
  return {
    uses: read.tasks.map(({ id, tags = [], version }) => ({
      task_id: id,
      tags: [...new Set([...tags, ...add.map((tag) => tag.toLowerCase())])].filter((tag) => !removed.has(tag)),
      ...(version !== undefined && { if_version: version }),
    })),
    sentence: [...add.map((tag) => `tag #${tag}`), ...remove.map((tag) => `no tag #${tag}`)].join(', '),
  }
}

const MAX_READ = 200

/** The tasks as they are now: one that was named by its number may have changed since it was shown. */
function* current(tasks: readonly NamedTask[]): Steps<{ readonly tasks: readonly KnownTask[] } | Outcome> {
  const calls = yield [{ tool: 'list_tasks', args: { status: 'all', limit: MAX_READ } }]
  const list = calls.map(taskListIn).find((each) => each !== undefined)
  if (list === undefined) return { reply: failureText(calls) }
  const known = tasks.flatMap(({ id }) => list.tasks.find((task) => task.id === id) ?? [])
  if (known.length === tasks.length) return { tasks: known }
  return { reply: 'I can change that of your newest tasks only, so I have changed nothing.' }
}
