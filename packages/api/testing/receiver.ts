import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly id: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  // The data depends on the event, and an assertion on a wrong shape fails by itself.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly event: { readonly type: string; readonly timestamp: string; readonly data: any }
}

export interface Receiver {
  readonly url: string
  /** Every request, in the order of their arrival. */
  readonly received: Received[]
  /** How requests are answered from now on: by a status, or by hand. */
  answer: number | ((response: ServerResponse, request: Received) => void)
  close(): Promise<void>
}

/** A receiver of webhooks on loopback. */
export async function receiver(): Promise<Receiver> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const one = { id: String(request.headers['webhook-id']), headers: request.headers, body, event: JSON.parse(body) }
      received.push(one)
      if (typeof self.answer === 'function') self.answer(response, one)
      else response.writeHead(self.answer).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const self: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answer: 200,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return self
}
