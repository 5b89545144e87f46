import type { ClarifyingQuestion, Reply, TargetedCommand, WhichTask } from './action.ts'
import type { Command } from './command.ts'
import { listLine } from './replies.ts'
import { targetOf } from './target.ts'
import type { KnownTask } from './tasks.ts'
import { capital, plain, unquoted } from './text.ts'

/** Asks which task a command is about. */
export function whichTask(command: TargetedCommand, candidates: readonly KnownTask[]): Reply {
  if (candidates.length === 0) {
    return {
      reply: 'Which task do you mean? Tell me its number or its title.',
      question: { asksFor: 'task', command, candidates },
    }
  }
  const first = candidates.slice(0, 10)
  const list = first.map((task) => listLine(task, true)).join('\n')
  const more = candidates.length > first.length ? '\n(There are more: tell me more of the title.)' : ''
  return {
    reply: `Which one do you mean?\n${list}${more}`,
    question: { asksFor: 'task', command, candidates: first },
  }
}

/**
 * The command that a message completes by answering the question, else the message's own command: a new command
 * replaces an answer.
 */
export function completedCommand(question: ClarifyingQuestion, message: string, command: Command): Command {
  return question.asksFor === 'title'
    ? withTitle(question.command, message, command)
    : withTask(question, message, command)
}

function withTitle(incomplete: Command, message: string, command: Command): Command {
  const isAnswer = command.do === 'unknown' || (command.do === 'add' && command.tasks.length === 0)
  if (!isAnswer) return command
  const title = capital(unquoted(plain(message)))
  if (incomplete.do === 'add') return { ...incomplete, tasks: [{ title }] }
  return incomplete.do === 'update' ? { ...incomplete, title } : command
}

const LEAD_IN =
  /^(?:i (?:mean|meant|want)|no,?|the one (?:called|about|with|named)|it(?:'s| is)|that(?:'s| is| would be)|with)\s+/i

/** Which of the candidates the message names: by number, by position, or in words. */
function withTask({ command: incomplete, candidates }: WhichTask, message: string, command: Command): Command {
  const target = targetOf(
    plain(message)
      .replace(/[\s.!?]+$/, '')
      .replace(LEAD_IN, ''),
  )
  const chosen = (numbers: readonly number[]): Command => ({ ...incomplete, target: { by: 'number', numbers } })
  if (target.by === 'number') return chosen(chosenIds(target.numbers, candidates))
  if (target.by === 'position') {
    const task = target.position === -1 ? candidates.at(-1) : candidates[target.position - 1]
    if (task !== undefined) return chosen([task.id])
  }
  const all = target.by === 'status' || (target.by === 'mention' && target.all)
  if (all && candidates.length > 0) return chosen(candidates.map(({ id }) => id))
  if (command.do !== 'unknown') return command
  return { ...incomplete, target: target.by === 'name' ? target : { by: 'nothing' } }
}

/** Task ids, or positions in the list if no candidate has such an id: "2" of three means the second. */
function chosenIds(numbers: readonly number[], candidates: readonly KnownTask[]): readonly number[] {
  if (candidates.length === 0 || numbers.some((number) => candidates.some(({ id }) => id === number))) return numbers
  const ids = numbers.flatMap((number) => candidates[number - 1]?.id ?? [])
  return ids.length === numbers.length ? ids : numbers
}
