import type { ReminderFeed } from '../core/services.ts'
import type { ReminderEvent } from '../reminder/schema.ts'

/** A consumer that is so far behind loses the oldest: they stay in the list of reminders. */
const QUEUE_LENGTH = 10_000

export interface ReminderSource {
  readonly feed: ReminderFeed
  readonly user_id: string
  /** Ends the stream, which must end the other one too. */
  readonly ended: AbortSignal
  readonly abort: () => void
}

/**
 * The same stream with the user's reminders in it, as they fire. Ends with the stream, and calls `abort` when its consumer
 * leaves. One that is aborted before it is read ends too.
 */
export async function withReminders<Item>(
  stream: AsyncGenerator<Item, void>,
  { feed, user_id, ended, abort }: ReminderSource,
): Promise<AsyncGenerator<Item | ReminderEvent, void>> {
  const queue: ReminderEvent[] = []
  let wake: () => void = nothing
  const leave = await feed
    .listen(user_id, (event) => {
      if (queue.length >= QUEUE_LENGTH) queue.shift()
      queue.push(event)
      wake()
    })
    .catch((error: unknown) => {
      abort()
      throw error
    })
  // A generator that nobody reads never gets to its `finally`.
  if (ended.aborted) leave()
  else ended.addEventListener('abort', leave, { once: true })
  return merged()

  async function* merged(): AsyncGenerator<Item | ReminderEvent, void> {
    let next = settling(stream.next())
    try {
      for (;;) {
        for (let event = queue.shift(); event !== undefined; event = queue.shift()) yield event
        if (next.isSettled()) {
          const { done, value } = await next.result
          if (done === true) return
          yield value
          next = settling(stream.next())
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve
            if (queue.length > 0 || next.isSettled()) resolve()
          })
        }
      }
    } finally {
      leave()
      abort()
    }
  }

  /** A promise of which one can see whether it is settled, and which wakes the loop when it is. */
  function settling<Result>(result: Promise<Result>) {
    let settled = false
    const onSettled = () => {
      settled = true
      wake()
    }
    result.then(onSettled, onSettled)
    return { result, isSettled: () => settled }
  }
}

function nothing(): void {}
