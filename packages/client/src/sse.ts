/** One server-sent event. */
export interface ServerSentEvent {
  /** Default: message. */
  readonly event: string
  readonly data: string
  /** Undefined where the event names none. */
  readonly id: string | undefined
  /** Milliseconds after which to come back, as the server wishes. */
  readonly retry: number | undefined
}

/** The events of a body, by the HTML standard's rules (9.2.6). An event that was cut is none. */
export async function* serverSentEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent, void> {
  let fields: Fields = {}
  for await (const line of lines(body)) {
    if (line !== '') {
      fields = withField(fields, line)
      continue
    }
    const { event = 'message', data, id, retry } = fields
    if (data !== undefined || retry !== undefined) yield { event, data: data ?? '', id, retry }
    fields = {}
  }
}

interface Fields {
  readonly event?: string
  readonly data?: string
  readonly id?: string
  readonly retry?: number
}

function withField(fields: Fields, line: string): Fields {
  const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
  if (name === 'event') return { ...fields, event: value }
  if (name === 'data') return { ...fields, data: fields.data === undefined ? value : `${fields.data}\n${value}` }
  if (name === 'id' && !value.includes('\0')) return { ...fields, id: value }
  if (name === 'retry' && /^\d+$/.test(value)) return { ...fields, retry: Number(value) }
  return fields
}

async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder()
  // Not `for await`: Safari's streams are no async iterables.
  const reader = body.getReader()
  let open = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      open += decoder.decode(value, { stream: true })
      // The last piece is unfinished; so is a CR at the end, which a LF may follow.
      const ended = open.split(/\r\n|\n|\r(?!$)/)
      open = ended.pop() ?? ''
      yield* ended
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}
