import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'

/** One server-sent event; `data` is sent as JSON. */
export interface ServerEvent {
  readonly id?: string
  readonly event: string
  readonly data: unknown
}

/** Milliseconds between heartbeats, and after which a client that receives nothing is disconnected. */
export interface StreamTimes {
  readonly heartbeatMs: number
  readonly stalledMs: number
}

export const STREAM_TIMES: StreamTimes = { heartbeatMs: 15_000, stalledMs: 60_000 }
const RETRY_MS = 1000

/**
 * Sends events until there are no more or the client disconnects. The next event is read only when the client has received
 * the previous ones; a client that receives nothing for a minute is disconnected. Clients reconnect by themselves when
 * the stream ends, and get an ordinary error response if they may not. Why this is not @fastify/sse: decision 016.
 */
export async function sendEvents(
  reply: FastifyReply,
  events: AsyncIterable<ServerEvent>,
  { heartbeatMs, stalledMs } = STREAM_TIMES,
): Promise<FastifyReply> {
  const { raw } = reply
  for (const [name, value] of Object.entries(reply.getHeaders())) raw.setHeader(name, value ?? '')
  raw.setHeader('content-type', 'text/event-stream; charset=utf-8')
  raw.setHeader('cache-control', 'no-store')
  raw.setHeader('x-accel-buffering', 'no')
  reply.hijack()
  raw.writeHead(200)
  raw.write(`retry: ${RETRY_MS}\n\n`)
  const heartbeat = setInterval(() => raw.writableNeedDrain || raw.write(':\n\n'), heartbeatMs)
  try {
    for await (const event of events) {
      // A connection that is closed drains no more.
      if (raw.destroyed) break
      if (!raw.write(eventText(event))) await drained(raw, stalledMs)
    }
    // Spread over a second, so that not all clients reconnect to a restarted server at once.
    raw.end(`retry: ${RETRY_MS + Math.floor(Math.random() * 1000)}\n\n`)
  } catch (error) {
    reply.log.debug({ err: error, request_id: reply.request.id }, 'an event stream was interrupted')
    raw.destroy()
  } finally {
    clearInterval(heartbeat)
  }
  return reply
}

function eventText({ id, event, data }: ServerEvent): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

async function drained(raw: ServerResponse, stalledMs: number): Promise<void> {
  const closed = new AbortController()
  const onClose = () => closed.abort()
  raw.once('close', onClose)
  try {
    await once(raw, 'drain', { signal: AbortSignal.any([closed.signal, AbortSignal.timeout(stalledMs)]) })
  } finally {
    raw.off('close', onClose)
  }
}
