import { publicError, type Operation } from '@taskwire/api'
import type { FastifyRequest } from 'fastify'
import { errorBody, type Locate } from '../../http/error_response.ts'
import { sendEvents, type ServerEvent } from '../../http/event_stream.ts'
import { sendJson, type Answer, type Call } from './call.ts'
import { isRecord } from './input.ts'

/**
 * An operation whose answer takes its time: as JSON when it is there or, for who accepts server-sent events, as it
 * comes into being. A client that leaves aborts it.
 */
export function answerStreamed(streamed: Operation): Answer {
  return async (call) => {
    const { operation, rest, ctx, input, request, reply } = call
    const left = new AbortController()
    reply.raw.once('close', () => left.abort())
    if (!acceptsEvents(request)) {
      return sendJson(reply.code(rest.status), await operation.run(ctx, input, left.signal))
    }
    const events = iteratorOf(await streamed.run(ctx, input, left.signal))
    // Until there is something to stream, a failure is an ordinary answer.
    const first = await events.next()
    return sendEvents(reply, serverEvents(events, first, call))
  }
}

/** Whether they are named, but not with the weight 0, which is how a client says "not this" (RFC 9110, 12.5.1). */
export function acceptsEvents({ headers }: FastifyRequest): boolean {
  return /\btext\/event-stream\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(headers.accept ?? '')
}

type Events = AsyncIterator<unknown, unknown, undefined>

/** Every event under its type; a failure in the middle is the last event. */
async function* serverEvents(events: Events, first: IteratorResult<unknown>, { request, source }: Call) {
  try {
    for (let next = first; next.done !== true; next = await events.next()) yield serverEvent(next.value)
  } catch (error) {
    yield { event: 'error', data: failure(error, request, source.locate) }
  } finally {
    await events.return?.()
  }
}

function failure(error: unknown, { id }: FastifyRequest, locate: Locate) {
  return errorBody(publicError(error), id, locate)
}

function serverEvent(value: unknown): ServerEvent {
  const { type, ...data } = isRecord(value) ? value : {}
  if (typeof type !== 'string') throw new TypeError('a streamed answer must consist of events that have a type')
  return { event: type, data }
}

function iteratorOf(value: unknown): Events {
  if (typeof value !== 'object' || value === null || !(Symbol.asyncIterator in value)) {
    throw new TypeError('an operation that streams an answer must be an async iterable')
  }
  return (value as AsyncIterable<unknown>)[Symbol.asyncIterator]()
}
