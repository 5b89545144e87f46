import { once } from 'node:events'
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'

/** What the proxy does with a request and its response. */
export type Fate =
  | 'delivered'
  | 'request lost'
  /** The server carries it out, and the client receives nothing of the response. */
  | 'response lost'
  /** The connection is cut in the middle of the chunk after this many. */
  | { readonly cutAfter: number }

export interface RoundRobin {
  readonly url: string
  close(): Promise<void>
}

/** Names the server that responded, by its index in the list. */
export const REPLICA_HEADER = 'x-replica'

/**
 * A reverse proxy that sends each request to the next of `servers`, without stickiness. `servers` may be filled later,
 * because the servers need the proxy's URL to start.
 */
export async function roundRobin(
  servers: readonly string[],
  fate: (request: IncomingMessage) => Fate = () => 'delivered',
): Promise<RoundRobin> {
  const agent = new Agent({ keepAlive: true })
  let turn = 0
  const proxy = createServer((near, reply) => {
    const becomes = fate(near)
    if (becomes === 'request lost') {
      near.destroy()
      return
    }
    const replica = turn++ % servers.length
    const { hostname, port } = new URL(servers[replica] ?? '')
    const { method, url: path, headers } = near
    const far = request({ agent, hostname, port, method, path, headers })
    far.once('error', () => near.destroy())
    far.once('response', (response) => {
      reply.once('close', () => response.destroy())
      void sendBack(response, reply.setHeader(REPLICA_HEADER, replica), becomes)
    })
    reply.once('close', () => reply.writableFinished || far.destroy())
    near.pipe(far)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    async close() {
      agent.destroy()
      proxy.closeAllConnections()
      await new Promise((resolve) => proxy.close(resolve))
    },
  }
}

// These headers concern a single connection; a proxy has one on each side.
const CONNECTION_HEADERS = new Set(['connection', 'keep-alive', 'transfer-encoding'])

async function sendBack(response: IncomingMessage, reply: ServerResponse, fate: Fate): Promise<void> {
  try {
    if (fate === 'response lost') {
      for await (const _ of response);
      reply.destroy()
      return
    }
    for (const [name, value] of Object.entries(response.headers)) {
      if (value !== undefined && !CONNECTION_HEADERS.has(name)) reply.setHeader(name, value)
    }
    reply.writeHead(response.statusCode ?? 502)
    reply.flushHeaders()
    const chunks = typeof fate === 'object' ? fate.cutAfter : Infinity
    await pipeline(response, (source: AsyncIterable<Buffer>) => cut(source, chunks), reply)
  } catch {
    // One side has disconnected, or the fate is a cut: the other side sees its connection end too.
    reply.destroy()
  }
}

async function* cut(source: AsyncIterable<Buffer>, chunks: number): AsyncGenerator<Buffer> {
  let left = chunks
  for await (const chunk of source) {
    if (left-- > 0) yield chunk
    else {
      yield chunk.subarray(0, chunk.length / 2)
      throw new Error('cut')
    }
  }
}
