import { once } from 'node:events'
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'

/** What becomes of a request on its way. */
export type Fate =
  | 'answered'
  | 'never arrives'
  /** It is carried out, and nothing of its answer comes back. */
  | 'answer lost'
  /** Its answer ends in the middle of the chunk after so many. */
  | { readonly cutAfter: number }

export interface RoundRobin {
  readonly url: string
  close(): Promise<void>
}

/** Tells which server has answered, by its place in the list. */
export const REPLICA_HEADER = 'x-replica'

/**
 * A reverse proxy that gives each request to the next of `servers`, whoever it comes from: nobody has a server of his
 * own. `servers` may be filled later, so that they can be told the proxy's URL.
 */
export async function roundRobin(
  servers: readonly string[],
  fate: (request: IncomingMessage) => Fate = () => 'answered',
): Promise<RoundRobin> {
  const agent = new Agent({ keepAlive: true })
  let turn = 0
  const proxy = createServer((near, reply) => {
    const becomes = fate(near)
    if (becomes === 'never arrives') {
      near.destroy()
      return
    }
    const replica = turn++ % servers.length
    const { hostname, port } = new URL(servers[replica] ?? '')
    const { method, url: path, headers } = near
    const far = request({ agent, hostname, port, method, path, headers })
    far.once('error', () => near.destroy())
    far.once('response', (answer) => {
      reply.once('close', () => answer.destroy())
      void bringBack(answer, reply.setHeader(REPLICA_HEADER, replica), becomes)
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

// These concern one connection, of which there are two.
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding'])

async function bringBack(answer: IncomingMessage, reply: ServerResponse, fate: Fate): Promise<void> {
  try {
    if (fate === 'answer lost') {
      for await (const _ of answer);
      reply.destroy()
      return
    }
    for (const [name, value] of Object.entries(answer.headers)) {
      if (value !== undefined && !OF_THE_CONNECTION.has(name)) reply.setHeader(name, value)
    }
    reply.writeHead(answer.statusCode ?? 502)
    reply.flushHeaders()
    const chunks = typeof fate === 'object' ? fate.cutAfter : Infinity
    await pipeline(answer, (source: AsyncIterable<Buffer>) => cut(source, chunks), reply)
  } catch {
    // The one side is gone, or the line was to be cut: so it is for the other one.
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
