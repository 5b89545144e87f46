import type { Socket } from 'node:net'
import type { Cuts } from './cuts.ts'
import { endSocket } from './end_socket.ts'
import { type Cut, type Direction, Flow, type Item, type Line, sizeOf } from './flow.ts'
import type { PostgresSession } from './postgres_session.ts'

/** The part of a proxy that a connection needs. */
export interface ProxyContext {
  readonly line: Line
  readonly cuts: Cuts
  readonly session: PostgresSession | undefined
  connect(): Socket
  swallow(bytes: number): void
  closed(): void
}

/** One client's connection, forwarded to the server. */
export class ProxyConnection {
  /** Undefined for a connection that was made in the black hole: it never reached the server. */
  readonly flows: Readonly<Record<Direction, Flow>> | undefined
  /** Whether it lost bytes, so that it cannot continue. */
  broken = false
  readonly #sockets: Socket[]
  readonly #context: ProxyContext

  constructor(client: Socket, context: ProxyContext) {
    this.#context = context
    const server = context.line.blackHole ? undefined : context.connect()
    this.#sockets = server === undefined ? [client] : [client, server]
    for (const socket of this.#sockets) {
      socket.on('error', () => this.cut('reset'))
      socket.on('close', () => this.#sockets.every(({ destroyed }) => destroyed) && context.closed())
    }
    if (server === undefined) {
      this.broken = true
      client.on('data', (chunk) => context.swallow(chunk.length))
    } else this.flows = this.#join(client, server)
  }

  cut(how: Cut): void {
    this.#context.closed()
    this.flows?.toServer.drop()
    this.flows?.toClient.drop()
    for (const socket of this.#sockets) endSocket(socket, how)
  }

  #join(client: Socket, server: Socket): Record<Direction, Flow> {
    const { line, session } = this.#context
    const cut = (how: Cut) => this.cut(how)
    const toServer = new Flow({ source: client, target: server }, line, 'toServer', cut)
    const toClient = new Flow({ source: server, target: client }, line, 'toClient', cut)
    const up = (items: readonly Item[]) => this.#pass('toServer', toServer, items)
    const down = (items: readonly Item[]) => this.#pass('toClient', toClient, items)
    client.on('data', (chunk) => up(session?.fromClient(chunk, (item) => down([item])) ?? [chunk]))
    server.on('data', (chunk) => down(session?.fromServer(chunk) ?? [chunk]))
    client.on('end', () => up(['end']))
    server.on('end', () => down(['end']))
    return { toServer, toClient }
  }

  #pass(direction: Direction, flow: Flow, items: readonly Item[]): void {
    const { line, cuts } = this.#context
    if (!line.blackHole) return flow.push(cuts.counted(this, direction, items))
    this.broken = true
    for (const item of items) this.#context.swallow(sizeOf(item))
  }
}
