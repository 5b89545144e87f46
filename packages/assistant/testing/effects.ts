import type { ChatAnswer } from '@taskwire/api'
import { newUser, type Caller, type TestServices } from '@taskwire/api/testing'

/** Wednesday, as in the examples of quick add. */
const NOW = new Date('2026-11-18T12:00:00Z')

/** The tasks of the person who writes, as the list shows them. */
const TASKS = [
  { title: 'Team meeting' },
  { title: 'Buy groceries' },
  { title: 'Call mom', completed: true },
  { title: 'Budget review' },
  { title: 'Budget plan' },
  { title: 'Pay rent', due_date: '2026-11-16', priority: 'high', tags: ['home'] },
  { title: 'Water the plants', due_date: '2026-11-18', tags: ['home'] },
  { title: 'Write report', due_date: '2026-11-20', tags: ['work'] },
] as const

interface Person {
  readonly api: Caller
  /** The tasks in the order of the list. */
  readonly ids: readonly number[]
  /** The place in the log after these tasks. */
  readonly next: number
}

/** What messages do, sent one after the other in a conversation in which the list has just been shown. */
export function effects(fixture: TestServices): (messages: readonly string[]) => Promise<string[]> {
  Object.assign(fixture.services, { now: () => NOW })
  let person: Person | undefined
  return async (messages) => {
    const { api, ids } = (person ??= await personWithTasks(fixture))
    const { conversation_id } = await api.chat.send({ message: 'show my tasks' })
    const found: string[] = []
    let { next: since } = person
    for (const message of messages) {
      const answer = await api.chat.send({ message, conversation_id })
      const { changes, next } = await api.change.list({ since })
      found.push(effectOf(changes, { answer, ids }))
      since = next
    }
    // Whose list is as it was serves for the next messages too.
    if (since !== person.next) person = undefined
    return found
  }
}

async function personWithTasks(fixture: TestServices): Promise<Person> {
  const api = fixture.caller(newUser())
  const ids: number[] = []
  for (const task of TASKS.toReversed()) {
    const { id } = await api.task.create({ ...task, tags: 'tags' in task ? [...task.tags] : [] })
    ids.unshift(id)
  }
  const { next } = await api.change.list({})
  return { api, ids, next }
}

interface Answered {
  readonly answer: ChatAnswer
  readonly ids: readonly number[]
}

/** What an answer did to the list or, where it did nothing, what it said. */
function effectOf(changes: readonly Change[], { answer, ids }: Answered): string {
  const made = changes.map((change) => changeText(change, ids))
  if (made.length > 0) return made.toSorted().join(', ')
  return replyText(answer, ids)
}

type Change = Awaited<ReturnType<Caller['change']['list']>>['changes'][number]

function changeText({ kind, task_id, before, after, undoes }: Change, ids: readonly number[]): string {
  const number = ids.indexOf(task_id) + 1
  const name = number > 0 ? `${number}` : `“${(after ?? before)?.title}”`
  const undo = undoes === null ? '' : 'undo: '
  if (kind === 'created') return `add “${after?.title}”${fieldsText({}, after ?? {})}`
  if (kind !== 'updated')
    return `${undo}${{ completed: 'complete', reopened: 'reopen', deleted: 'delete', restored: 'restore' }[kind]} ${name}`
  const title = before?.title === after?.title ? '' : ` title “${after?.title}”`
  return `${undo}change ${name}${title}${fieldsText(before ?? {}, after ?? {})}`
}

const FIELDS = ['due_date', 'due_time', 'priority', 'tags', 'recurrence', 'description'] as const

function fieldsText(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): string {
  const changed = FIELDS.filter(
    (field) => JSON.stringify(before[field] ?? null) !== JSON.stringify(after[field] ?? null),
  )
  return changed
    .map((field) => ` ${field.replace('due_', '')} ${valueText(after[field])}`)
    .filter((text) => text !== ' tags none' || before['tags'] !== undefined)
    .join('')
}

function valueText(value: unknown): string {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return 'none'
  if (Array.isArray(value)) return value.map((each) => `#${each}`).join(' ')
  if (typeof value === 'object' && 'rule' in value) return String(value.rule)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function replyText({ response, tool_calls }: ChatAnswer, ids: readonly number[]): string {
  if (response.includes('not a language model')) return 'helps'
  if (/^(?:You have no |No task mentions|There is no task|Your list is empty)/.test(response)) return 'finds none'
  if (/\?|so I have|have not done it yet/.test(response)) return 'asks'
  const shown = TASKS.flatMap(({ title }, index) =>
    ids[index] !== undefined && isShown(title, response) ? [index + 1] : [],
  )
  if (tool_calls.some(({ tool }) => tool === 'list_tasks')) {
    if (/^You have (?:no|more than \d+|\d+)(?: \w+)? tasks?[^:]*\.$/.test(response))
      return `counts ${/\d+/.exec(response)?.[0] ?? 0}`
    return shown.length > 0 ? `shows ${shown.join(' ')}` : 'finds none'
  }
  return 'talks'
}

function isShown(title: string, response: string): boolean {
  return response.includes(`. ${title}`) || response.includes(`“${title}”`)
}
