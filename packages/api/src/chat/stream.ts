import type { UserContext } from '../core/trpc.ts'
import { answerTurn } from './answer_turn.ts'
import type { ChatTurn } from './chat_turn.ts'
import type { ChatAnswer, ChatEvent } from './schema.ts'

/** Answers a turn as a stream of events. The turn ends when the consumer stops reading. */
export async function* streamTurn(
  ctx: UserContext,
  turn: ChatTurn,
  signal?: AbortSignal,
): AsyncGenerator<ChatEvent, void> {
  const disconnected = new AbortController()
  const { push, end, events } = eventQueue<ChatEvent>()
  const signals = [disconnected.signal, ...(signal ? [signal] : [])]
  const answer = answerTurn(ctx, turn, { onEvent: push, signal: AbortSignal.any(signals) }).finally(end)
  // The rejection is handled where the answer is awaited; until then it must not count as unhandled.
  answer.catch(() => {})
  try {
    yield* events
    yield { type: 'done', ...(await answer) }
  } finally {
    disconnected.abort()
  }
}

/** A stored answer as a stream of events. */
export async function* replayAnswer(answer: ChatAnswer): AsyncGenerator<ChatEvent, void> {
  for (const call of answer.tool_calls) yield { type: 'tool_call', ...call }
  yield { type: 'delta', text: answer.response }
  yield { type: 'done', ...answer }
}

interface EventQueue<Event> {
  readonly events: AsyncIterable<Event>
  readonly push: (event: Event) => void
  readonly end: () => void
}

function eventQueue<Event>(): EventQueue<Event> {
  const queued: Event[] = []
  let ended = false
  let notify: (() => void) | undefined
  async function* events() {
    for (;;) {
      for (let event = queued.shift(); event !== undefined; event = queued.shift()) yield event
      if (ended) return
      await new Promise<void>((resolve) => {
        notify = resolve
      })
    }
  }
  return {
    events: events(),
    push: (event) => {
      queued.push(event)
      notify?.()
    },
    end: () => {
      ended = true
      notify?.()
    },
  }
}
