import { PENDING_CONFIRMATION } from '@taskwire/api'
import type { Question, Step, Targeted, Use } from './action.ts'
import type { Command, NewTask, Status } from './command.ts'
import { resolved } from './resolve.ts'
import { helpText, listText, notUnderstood, outcomeText, quoted, refusals } from './replies.ts'
import type { Exchange, Scene } from './conversation.ts'
import { targetOf } from './target.ts'
import { listOf, type KnownTask } from './tasks.ts'
import { understand } from './understand.ts'
import { capital, plain, unquoted } from './text.ts'

const BULK = 50

/** The next step of a conversation. It follows from the conversation alone: nothing is remembered in between. */
export function nextStep(scene: Scene): Step {
  return stepOf(meant(scene), scene)
}

/** The command of a message, or of the question that it answers. */
function meant({ message, past }: Scene): Command {
  const command = understand(message)
  const asked = openQuestion(past)
  if (asked === undefined) return command
  if (asked.for === 'title') return withTitle(asked.command, message, command)
  return chosen(asked, message, command)
}

function openQuestion(past: readonly Exchange[]): Question | undefined {
  const last = past.at(-1)
  if (last === undefined) return undefined
  const step = nextStep({ ...last, past: past.slice(0, -1) })
  return 'say' in step ? step.asks : undefined
}

function withTitle(asked: Command, message: string, command: Command): Command {
  const free = command.do === 'unknown' || (command.do === 'add' && command.tasks.length === 0)
  if (!free) return command
  const title = capital(unquoted(plain(message)))
  if (asked.do === 'add') return { ...asked, tasks: [{ title }] }
  return asked.do === 'update' ? { ...asked, title } : command
}

/** Which of the tasks that were asked about is meant: by number, place, or words. Anything else is a new command. */
function chosen(asked: Extract<Question, { for: 'task' }>, message: string, command: Command): Command {
  const said = plain(message).replace(/[\s.!?]+$/, '')
  const phrase = said.replace(
    /^(?:i (?:mean|meant|want)|no,?|the one (?:called|about|with|named)|it(?:'s| is)|that(?:'s| is| would be)|with)\s+/i,
    '',
  )
  const target = targetOf(phrase)
  const { among } = asked
  const pick = (ids: readonly number[]): Command => ({ ...asked.command, target: { by: 'number', numbers: ids } })
  if (target.by === 'number') {
    const known = target.numbers.filter((number) => among.some(({ id }) => id === number))
    if (known.length > 0 || among.length === 0) return pick(target.numbers)
    // “2” of three that have other numbers: the second.
    const placed = target.numbers.flatMap((number) => among[number - 1]?.id ?? [])
    return pick(placed.length === target.numbers.length ? placed : target.numbers)
  }
  if (target.by === 'position') {
    const at = target.position === -1 ? among.at(-1) : among[target.position - 1]
    if (at !== undefined) return pick([at.id])
  }
  const whole = target.by === 'status' || (target.by === 'mention' && target.all)
  if (whole && among.length > 0) return pick(among.map(({ id }) => id))
  if (command.do !== 'unknown') return command
  return { ...asked.command, target: target.by === 'name' ? target : { by: 'nothing' } }
}

function stepOf(command: Command, scene: Scene): Step {
  switch (command.do) {
    case 'add':
      return adding(command.tasks, command.reminder, scene)
    case 'list':
      return listing(command, scene)
    case 'count':
      return counting(command.status, scene)
    case 'show':
    case 'complete':
    case 'reopen':
    case 'delete':
    case 'update':
      return changing(command, scene)
    case 'undo':
      return undoing(command, scene)
    case 'yes':
    case 'no':
      return confirming(command.do, scene)
    case 'refuse':
      return { say: refusals[command.what] }
    case 'help':
      return { say: helpText }
    case 'greet':
      return { say: `Hello! ${helpText}` }
    case 'thanks':
      return { say: 'You are welcome.' }
    case 'unknown':
      return { say: notUnderstood }
  }
}

function adding(tasks: readonly NewTask[], reminder: boolean, { done }: Scene): Step {
  const command: Command = { do: 'add', tasks, reminder }
  if (tasks.length === 0) return { say: 'What is the task? Tell me its title.', asks: { for: 'title', command } }
  if (tasks.length > BULK) return { say: `I add at most ${BULK} tasks at once.` }
  if (done.length === 0) return { use: tasks.map((args) => ({ tool: 'add_task', args: { ...args } })) }
  const note = reminder ? ' I cannot remind you at a time, but it is on your list.' : ''
  return { say: outcomeText(done) + note }
}

function listing({ status, search, dated }: Extract<Command, { do: 'list' }>, { done }: Scene): Step {
  const [call] = done
  if (call === undefined) return { use: [listUse(status, search)] }
  const list = listOf(call)
  if (list === undefined) return { say: outcomeText(done) }
  const note = dated ? '\nTasks here have no dates, so these are all of them.' : ''
  if (search === undefined) return { say: listText(list.tasks, status, list.more) + note }
  if (list.tasks.length === 0) return { say: `No task mentions ${quoted(search)}.` }
  return { say: listText(list.tasks, 'all', list.more).replace('You have', `With ${quoted(search)} you have`) }
}

function listUse(status: Status, search?: string): Use {
  return { tool: 'list_tasks', args: { status, ...(search !== undefined && { search }) } }
}

function counting(status: Status, { done }: Scene): Step {
  const [call] = done
  if (call === undefined) return { use: [{ tool: 'list_tasks', args: { status, limit: 200 } }] }
  const list = listOf(call)
  if (list === undefined) return { say: outcomeText(done) }
  const kind = status === 'all' ? '' : `${status} `
  const number = list.more ? `more than ${list.tasks.length}` : list.tasks.length === 0 ? 'no' : `${list.tasks.length}`
  return { say: `You have ${number} ${kind}task${list.tasks.length === 1 ? '' : 's'}.` }
}

function undoing({ times, seq }: Extract<Command, { do: 'undo' }>, { done }: Scene): Step {
  if (done.length > 0) return { say: outcomeText(done) }
  return { use: Array.from({ length: times }, () => ({ tool: 'undo', args: seq === undefined ? {} : { seq } })) }
}

/** The user's word on what was held back the message before. */
function confirming(word: 'yes' | 'no', { done, past }: Scene): Step {
  const held = past.at(-1)?.done.filter(({ result }) => result['status'] === PENDING_CONFIRMATION) ?? []
  if (held.length === 0) {
    return {
      say: word === 'no' ? 'All right.' : 'There is nothing that waits for a yes. What would you like me to do?',
    }
  }
  if (word === 'no') return { say: 'All right, I leave everything as it is.' }
  return done.length === 0 ? { use: held.map(({ tool, args }) => ({ tool, args })) } : { say: outcomeText(done) }
}

const tools = {
  complete: 'complete_task',
  reopen: 'reopen_task',
  delete: 'delete_task',
  update: 'update_task',
} as const

function changing(command: Targeted, scene: Scene): Step {
  if (command.do === 'update' && command.title === undefined && command.description === undefined) {
    if (command.target.by === 'nothing') return whichTask(command, [])
    return { say: 'What should the new title be?', asks: { for: 'title', command } }
  }
  if (command.target.by === 'nothing') return whichTask(command, [])
  const found = resolved(command, scene)
  if ('use' in found) return found
  if ('say' in found) return found
  if ('ask' in found) return whichTask(command, found.ask)
  if (command.do === 'show') return showing(found.ids, scene)
  const tool = tools[command.do]
  const written = scene.done.filter((call) => call.tool === tool)
  if (written.length > 0) return { say: outcomeText(written) + leftOver(found.more) }
  if (command.do === 'update' && found.ids.length > 1) return whichTask(command, [])
  return { use: found.ids.slice(0, BULK).map((task_id) => ({ tool, args: { task_id, ...fields(command) } })) }
}

function fields(command: Targeted): Record<string, unknown> {
  if (command.do !== 'update') return {}
  const { title, description } = command
  return { ...(title !== undefined && { title }), ...(description !== undefined && { description }) }
}

function leftOver(more: boolean): string {
  return more ? ` There are more than ${BULK}: say it again for the next ones.` : ''
}

function showing(ids: readonly number[], { done }: Scene): Step {
  const list = done.map((call) => listOf(call)).find((each) => each !== undefined)
  if (list === undefined)
    return done.length === 0
      ? { use: [{ tool: 'list_tasks', args: { status: 'all', limit: 200 } }] }
      : { say: outcomeText(done) }
  const tasks = list.tasks.filter(({ id }) => ids.includes(id))
  if (tasks.length === 0)
    return {
      say: list.more ? 'That task is not among the newest 200.' : `There is no task ${ids.join(', ')} in your list.`,
    }
  return { say: tasks.map(detailText).join('\n') }
}

function detailText({ id, title, description, completed }: KnownTask): string {
  const state = completed ? 'completed' : 'pending'
  return `Task ${id} ${quoted(title)} is ${state}.${description === null ? '' : ` Its description: ${quoted(description)}`}`
}

function whichTask(command: Targeted, among: readonly KnownTask[]): Step {
  if (among.length === 0) {
    return { say: 'Which task do you mean? Tell me its number or its title.', asks: { for: 'task', command, among } }
  }
  const some = among.slice(0, 10)
  const list = some.map(
    ({ id, title, completed }) => `#${id} ${title.replace(/\s+/g, ' ')}${completed ? ' (completed)' : ''}`,
  )
  const more = among.length > some.length ? '\n(and more: tell me more of its title)' : ''
  return { say: `Which one do you mean?\n${list.join('\n')}${more}`, asks: { for: 'task', command, among: some } }
}
