import { appRouter, bearerToken, limits, type Services } from '@taskwire/api'
import { signedToken, testServices, type TestServices } from '@taskwire/api/testing'
import { createHTTPServer } from '@trpc/server/adapters/standalone'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createTaskwireClient, type TaskwireClient, type TaskwireClientOptions } from '../src/client.ts'

/** The whole router over HTTP, on a database of its own. */
export interface TestServer extends TestServices {
  readonly url: string
  client(user_id: string, options?: Partial<TaskwireClientOptions>): TaskwireClient
}

/** `extra` adds services, such as an assistant. */
export async function testServer(extra: Partial<Services> = {}): Promise<TestServer> {
  const fixture = await testServices()
  const services = { ...fixture.services, ...extra }
  const { url, stop } = await serve(services)
  return {
    ...fixture,
    services,
    url,
    client: (user_id, options) => createTaskwireClient({ url, token: () => signedToken({ sub: user_id }), ...options }),
    async close() {
      stop()
      await fixture.close()
    },
  }
}

/** The router over HTTP: one replica. */
export async function serve(services: Services): Promise<{ url: string; stop: () => void }> {
  const server = createHTTPServer({
    router: appRouter,
    basePath: '/trpc/',
    maxBatchSize: limits.batchCalls,
    createContext: ({ req }) => ({
      services,
      via: 'trpc' as const,
      request_id: randomUUID(),
      token: bearerToken(req.headers.authorization),
    }),
  })
  return {
    url: `http://127.0.0.1:${await listening(server)}`,
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** A fault of a request in transit. */
export type Fault =
  /** It never arrives. */
  | 'refused'
  /** It is carried out, and its response is lost. */
  | 'dropped'
  /** It is carried out, and its response ends in the middle. */
  | 'cut'
  /** Something other than the server responds. */
  | Response

export interface FaultyFetch {
  (input: RequestInfo | URL, init?: RequestInit): Promise<Response>
  /** The URLs of all requests, including those that never arrived. */
  readonly requests: string[]
}

const FAULTS: readonly (() => Fault)[] = [
  () => 'refused',
  () => 'dropped',
  () => 'cut',
  () => proxyAnswer(503),
  () => proxyAnswer(429),
]

/** A random fault in this percentage of requests. */
export function anyFault(percent: number): Fault | undefined {
  return Math.random() * 100 < percent ? FAULTS[Math.floor(Math.random() * FAULTS.length)]?.() : undefined
}

/** A `fetch` over an unreliable line: `fault` decides what happens to the nth request, counted from 1. */
export function faultyFetch(fault: (n: number) => Fault | undefined = () => undefined): FaultyFetch {
  const requests: string[] = []
  const faulty = async (input: RequestInfo | URL, init?: RequestInit) => {
    const what = fault(requests.push(input instanceof Request ? input.url : String(input)))
    if (what instanceof Response) return what
    if (what === 'refused') throw new TypeError('fetch failed')
    const response = await fetch(input, init)
    if (what === undefined) return response
    const text = await response.text()
    if (what === 'dropped') throw new TypeError('terminated')
    return new Response(halfOf(text), response)
  }
  return Object.assign(faulty, { requests })
}

function halfOf(text: string): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  let begun = false
  return new ReadableStream({
    pull(controller) {
      if (begun) controller.error(new TypeError('terminated'))
      else controller.enqueue(bytes.subarray(0, bytes.length / 2))
      begun = true
    },
  })
}

/** An error of a proxy between the client and the server. */
export function proxyAnswer(status: number, headers: Record<string, string> = {}): Response {
  return new Response('<html>no JSON</html>', { status, headers: { 'content-type': 'text/html', ...headers } })
}

/** A TCP line to `url` whose connections can be cut. */
export interface Line {
  readonly url: string
  /** Ends every connection that is open. */
  cut(): void
  /** How many connections were opened. */
  readonly connections: () => number
  close(): void
}

export async function lineTo(url: string): Promise<Line> {
  const open = new Set<Socket>()
  let connections = 0
  const server = createServer((near) => {
    connections++
    const far = connect(Number(new URL(url).port), '127.0.0.1')
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket)
      socket.pipe(other)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        open.delete(socket)
        other.destroy()
      })
    }
  })
  const cut = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${await listening(server)}`,
    cut,
    connections: () => connections,
    close() {
      cut()
      server.close()
    },
  }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
