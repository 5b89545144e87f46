/** One server-sent event that carries a change. */
export interface StreamedEvent {
  readonly id: string
  readonly event: string
  readonly data: unknown
}

/** Reads the user's events up to the one with the id `last`, then disconnects. */
export async function eventsUpTo(url: string, headers: Record<string, string>, last: number): Promise<StreamedEvent[]> {
  const left = AbortSignal.timeout(60_000)
  const response = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: left })
  if (!response.ok || response.body === null) throw new Error(`events: status ${response.status}`)
  const events: StreamedEvent[] = []
  let text = ''
  // Exiting the loop cancels the stream.
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    events.push(...blocks.flatMap(parsedEvent))
    if (events.some(({ id }) => id === String(last))) break
  }
  return events
}

/** Heartbeats and events without an id do not come from the log. */
function parsedEvent(block: string): StreamedEvent[] {
  const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1]
  const id = field('id')
  return id === undefined ? [] : [{ id, event: field('event') ?? 'message', data: JSON.parse(field('data') ?? 'null') }]
}
