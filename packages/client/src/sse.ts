import { createParser } from 'eventsource-parser'

/** One server-sent event. */
export interface ServerSentEvent {
  /** Default: message. */
  readonly event: string
  readonly data: string
  /** Undefined when the event has none. */
  readonly id: string | undefined
  /** Milliseconds after which the server asks the client to reconnect. */
  readonly retry: number | undefined
}

/** The events of a body, parsed by the rules of the HTML standard (9.2.6). An incomplete last event is dropped. */
export async function* serverSentEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent, void> {
  const parsed: ServerSentEvent[] = []
  const parser = createParser({
    onEvent: ({ event = 'message', data, id }) => parsed.push({ event, data, id, retry: undefined }),
    onRetry: (retry) => parsed.push({ event: 'message', data: '', id: undefined, retry }),
  })
  const decoder = new TextDecoder()
  // Not `for await`: Safari's streams are not async iterables.
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      parser.feed(decoder.decode(value, { stream: true }))
      yield* parsed.splice(0)
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}
