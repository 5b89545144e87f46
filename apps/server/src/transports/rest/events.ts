import { isTrackedEnvelope } from '@trpc/server'
import { sendEvents, type ServerEvent } from '../../http/event_stream.ts'
import type { Answer } from './call.ts'

/** The subscription as server-sent events. Refusals are ordinary answers: they are known before the first event. */
export const answerEvents: Answer = async ({ operation, ctx, input, request, reply }) => {
  const left = new AbortController()
  reply.raw.once('close', () => left.abort())
  const changes = await operation.run(ctx, input, left.signal)
  if (!isAsyncIterable(changes)) throw new TypeError('an operation that answers events must be a subscription')
  if (request.method === 'HEAD') {
    left.abort()
    return reply.header('content-type', 'text/event-stream').send()
  }
  return sendEvents(reply, numbered(changes))
}

async function* numbered(changes: AsyncIterable<unknown>): AsyncGenerator<ServerEvent> {
  for await (const change of changes) {
    if (isTrackedEnvelope(change)) yield { id: change[0], event: 'change', data: change[1] }
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
