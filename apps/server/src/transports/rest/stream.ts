import { publicError, type Operation } from '@taskwire/api'
import type { FastifyRequest } from 'fastify'
import { errorBody, type Locate } from '../../http/error_response.ts'
import { disconnectSignal } from '../../http/disconnect.ts'
import { sendEvents, type ServerEvent } from '../../http/event_stream.ts'
import { sendJson, type Respond, type RestCall } from './call.ts'
import { isRecord } from './input.ts'

/**
 * Responds with the output of a slow operation: as JSON when it is complete or, to a client that accepts server-sent
 * events, with the events of `streamed` as they happen. A disconnect aborts the operation.
 */
export function respondWithStream(streamed: Operation): Respond {
  return async (call) => {
    const { operation, rest, ctx, input, request, reply } = call
    const disconnected = disconnectSignal(reply)
    if (!acceptsEvents(request)) {
      return sendJson(reply.code(rest.status), await operation.run(ctx, input, disconnected))
    }
    const events = iteratorOf(await streamed.run(ctx, input, disconnected))
    // A failure before the first event is an ordinary error response.
    const first = await events.next()
    return sendEvents(reply, serverEvents(events, first, call))
  }
}

/** Whether `Accept` names server-sent events with a weight other than 0, which means "not acceptable" (RFC 9110, 12.5.1). */
export function acceptsEvents({ headers }: FastifyRequest): boolean {
  return /\btext\/event-stream\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(headers.accept ?? '')
}

type Events = AsyncIterator<unknown, unknown, undefined>

/** The events, each named by its type. A failure in the middle becomes the last event. */
async function* serverEvents(events: Events, first: IteratorResult<unknown>, { request, source }: RestCall) {
  try {
    for (let next = first; next.done !== true; next = await events.next()) yield serverEvent(next.value)
  } catch (error) {
    yield { event: 'error', data: errorData(error, request, source.locate) }
  } finally {
    await events.return?.()
  }
}

export function errorData(error: unknown, { id }: FastifyRequest, locate: Locate) {
  return errorBody(publicError(error), id, locate)
}

function serverEvent(value: unknown): ServerEvent {
  const { type, ...data } = isRecord(value) ? value : {}
  if (typeof type !== 'string') throw new TypeError('a streamed output must consist of events that have a type')
  return { event: type, data }
}

function iteratorOf(value: unknown): Events {
  if (typeof value !== 'object' || value === null || !(Symbol.asyncIterator in value)) {
    throw new TypeError('the output of a streaming operation must be an async iterable')
  }
  return (value as AsyncIterable<unknown>)[Symbol.asyncIterator]()
}
