import { isTrackedEnvelope } from '@trpc/server'
import { sendEvents, type ServerEvent } from '../../http/event_stream.ts'
import type { Respond } from './call.ts'

/** Responds with a subscription as server-sent events. Its errors are ordinary responses: they precede the first event. */
export const respondWithEvents: Respond = async ({ operation, ctx, input, request, reply }) => {
  const closed = new AbortController()
  reply.raw.once('close', () => closed.abort())
  const changes = await operation.run(ctx, input, closed.signal)
  if (!isAsyncIterable(changes)) throw new TypeError('an operation that answers events must be a subscription')
  if (request.method === 'HEAD') {
    closed.abort()
    return reply.header('content-type', 'text/event-stream').send()
  }
  return sendEvents(reply, changeEvents(changes))
}

async function* changeEvents(changes: AsyncIterable<unknown>): AsyncGenerator<ServerEvent> {
  for await (const change of changes) {
    // Only a change has an id: a stream resumes after it. A reminder is not repeated.
    yield isTrackedEnvelope(change)
      ? { id: change[0], event: 'change', data: change[1] }
      : { event: 'reminder', data: change }
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
