import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { z } from 'zod'

const attribute = z.object({
  key: z.string(),
  value: z.object({ stringValue: z.string().optional(), intValue: z.number().optional() }),
})
const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  attributes: z.array(attribute),
})
const batch = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute) }),
      scopeSpans: z.array(z.object({ spans: z.array(span) })),
    }),
  ),
})

export type ReceivedSpan = z.infer<typeof span> & { readonly instance: string }

export interface Receiver {
  readonly url: string
  /** What was received as JSON. */
  spans(): ReceivedSpan[]
  /** The content types and bodies as they came. */
  readonly bodies: { readonly type: string | undefined; readonly text: string }[]
  /** While it is on hold, requests get no answer. */
  hold(): void
  release(): void
  close(): Promise<void>
}

/** A collector that speaks OTLP over HTTP, on a free port of loopback. */
export async function openReceiver(): Promise<Receiver> {
  const bodies: Receiver['bodies'] = []
  let held: Promise<void> | undefined
  let release: (() => void) | undefined
  const server = createServer((request, response) => {
    void receive(request).then(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
  })
  const receive = async (request: IncomingMessage) => {
    bodies.push({ type: request.headers['content-type'], text: await text(request) })
    await held
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    spans: () => bodies.filter(({ type }) => type === 'application/json').flatMap((body) => spansOf(body.text)),
    bodies,
    hold() {
      held = new Promise((resolve) => (release = resolve))
    },
    release: () => release?.(),
    async close() {
      release?.()
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function spansOf(text: string): ReceivedSpan[] {
  return batch.parse(JSON.parse(text)).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const instance = resource.attributes.find(({ key }) => key === 'service.instance.id')?.value.stringValue ?? ''
    return scopeSpans.flatMap(({ spans }) => spans.map((one) => ({ ...one, instance })))
  })
}
