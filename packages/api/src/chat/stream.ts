import type { UserContext } from '../core/trpc.ts'
import type { Turn } from './open.ts'
import type { ChatAnswer, ChatEvent } from './schema.ts'
import { answerTurn } from './turn.ts'

/** An answer as it comes into being. Who stops reading ends the turn. */
export async function* streamedTurn(
  ctx: UserContext,
  turn: Turn,
  signal?: AbortSignal,
): AsyncGenerator<ChatEvent, void> {
  const gone = new AbortController()
  const { tell, end, events } = eventQueue<ChatEvent>()
  const listening = { tell, signal: AbortSignal.any([gone.signal, ...(signal ? [signal] : [])]) }
  const answering = answerTurn(ctx, turn, listening).finally(end)
  // It is awaited below; until then its failure is nobody's.
  answering.catch(() => {})
  try {
    yield* events
    yield { type: 'done', ...(await answering) }
  } finally {
    gone.abort()
  }
}

/** A stored answer in the form of a stream. */
export async function* streamedAnswer(answer: ChatAnswer): AsyncGenerator<ChatEvent, void> {
  for (const call of answer.tool_calls) yield { type: 'tool_call', ...call }
  yield { type: 'delta', text: answer.response }
  yield { type: 'done', ...answer }
}

interface EventQueue<Event> {
  readonly events: AsyncIterable<Event>
  readonly tell: (event: Event) => void
  readonly end: () => void
}

function eventQueue<Event>(): EventQueue<Event> {
  const waiting: Event[] = []
  let ended = false
  let wake: (() => void) | undefined
  async function* events() {
    for (;;) {
      for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) yield event
      if (ended) return
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return {
    events: events(),
    tell: (event) => {
      waiting.push(event)
      wake?.()
    },
    end: () => {
      ended = true
      wake?.()
    },
  }
}
