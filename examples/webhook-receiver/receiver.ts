import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'

const MAX_BYTES = 1024 * 1024
const webhook = new Webhook(process.env['WEBHOOK_SECRET'] ?? '')

// An event can come twice, and has the same id then. Keep the ids where they survive a restart, such as in your database.
const handled = new Set<string>()

interface Event {
  readonly type: string
  readonly data: { readonly seq?: number; readonly after?: { readonly title: string } | null }
}

function handle({ type, data }: Event): void {
  process.stdout.write(`${type} ${data.seq ?? ''} ${data.after?.title ?? ''}\n`)
}

/** The body as it was received: the signature is of these bytes, not of the parsed JSON. */
async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BYTES) throw new Error('the body is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function receive(request: IncomingMessage): Promise<number> {
  if (request.method !== 'POST' || request.url !== '/hook') return 404
  try {
    const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature']
    const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name])]))
    const id = headers['webhook-id'] ?? ''
    // Throws for a wrong signature, and for a timestamp of more than five minutes ago: nobody can send an old event again.
    const event = webhook.verify(await bodyOf(request), headers) as Event
    if (!handled.has(id)) handle(event)
    handled.add(id)
    return 204
  } catch (error) {
    return error instanceof WebhookVerificationError ? 401 : 400
  }
}

const server = createServer((request, response) => {
  void receive(request).then((status) => response.writeHead(status).end())
})
server.listen(Number(process.env['PORT'] ?? 4000), '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook\n`)
})
process.on('SIGTERM', () => server.close(() => process.exit(0)))
