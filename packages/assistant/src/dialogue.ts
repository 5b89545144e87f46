import { isPendingConfirmation } from '@taskwire/api/consent'
import { changesIn, type Written } from './changes.ts'
import type { CompletedCall, Exchange } from './conversation.ts'
import { respond } from './respond.ts'
import type { Dialogue, Outcome, Situation } from './steps.ts'
import { taskListIn } from './tasks.ts'

/** A longer message is hardly a question about the list; understanding many of them again would take long. */
const MAX_REPLAYED = 1000

/** The dialogue so far, computed from the messages and the results of their tool calls: no state is kept between messages. */
export function dialogueOf({ exchanges, isCut }: Past, known: Known): Dialogue {
  const start = { shown: isCut ? undefined : [], ids: new Set<number>(), mentioned: [], pending: [], changes: [] }
  return exchanges.reduce<Dialogue>((dialogue, exchange) => continued(dialogue, exchange, known), start)
}

type Known = Omit<Situation, 'dialogue'>

export interface Past {
  readonly exchanges: readonly Exchange[]
  /** Whether there were earlier ones. */
  readonly isCut: boolean
}

function continued(dialogue: Dialogue, exchange: Exchange, known: Known): Dialogue {
  const outcome = replayed(dialogue, exchange, known)
  const changes = changesIn(exchange.calls)
  const mentioned =
    changes.length > 0 ? [...new Set(changes.map(({ task_id }) => task_id))] : outcome?.shown?.map(({ id }) => id)
  return {
    shown: outcome === undefined ? shownBy(exchange, dialogue) : (outcome.shown ?? dialogue.shown),
    ids: new Set([...dialogue.ids, ...idsIn(exchange.calls)]),
    mentioned: mentioned ?? dialogue.mentioned,
    pending: exchange.calls.filter(isPendingConfirmation).map(({ tool, args }) => ({ tool, args })),
    changes: withChanges(dialogue.changes, changes),
    ...(outcome?.question !== undefined && { question: outcome.question }),
  }
}

/** The list after an answer that cannot be computed again: not known if the answer shows one. */
function shownBy({ answer }: Exchange, { shown }: Dialogue): Dialogue['shown'] {
  return /^1\. /m.test(answer) ? undefined : shown
}

function idsIn(calls: readonly CompletedCall[]): readonly number[] {
  const listed = calls.flatMap((call) => taskListIn(call)?.tasks.map(({ id }) => id) ?? [])
  return [...listed, ...changesIn(calls).map(({ task_id }) => task_id)]
}

/** The outcome of an earlier message; undefined if its answer was another one, such as a model's or an older version's. */
function replayed(dialogue: Dialogue, { message, calls, answer }: Exchange, known: Known): Outcome | undefined {
  if (message.length > MAX_REPLAYED) return undefined
  const steps = respond(message, { ...known, dialogue })
  let done = 0
  let step = steps.next()
  while (!step.done) {
    const results = calls.slice(done, done + step.value.length)
    if (results.length < step.value.length) return undefined
    done += results.length
    step = steps.next(results)
  }
  return answer.startsWith(step.value.reply) ? step.value : undefined
}

/** The changes that still stand after those of one more message. */
function withChanges(standing: Dialogue['changes'], changes: readonly Written[]): Dialogue['changes'] {
  const made = changes.filter(({ status }) => status !== 'undone')
  const undos = changes.filter(({ status }) => status === 'undone')
  // An undo that names what it undid undid all that one message did.
  const rest = undos.reduce(
    (left, { undone }) => (undone === undefined ? withoutLast(left) : left.slice(0, -1)),
    standing,
  )
  return made.length > 0 ? [...rest, made] : rest
}

function withoutLast(standing: Dialogue['changes']): Dialogue['changes'] {
  const last = standing.at(-1)
  if (last === undefined) return standing
  return last.length > 1 ? [...standing.slice(0, -1), last.slice(0, -1)] : standing.slice(0, -1)
}
