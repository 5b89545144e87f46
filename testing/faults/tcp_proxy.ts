import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net'
import { type ByteCut, Cuts, type MessageCut } from './cuts.ts'
import { type Fault, type Injection, Injections } from './injections.ts'
import { listen } from './ports.ts'
import type { PostgresError } from './postgres_errors.ts'
import { errorResponse } from './postgres_messages.ts'
import { PostgresSession } from './postgres_session.ts'
import { type Cut, type Direction, Flow, type Item, type Line, sizeOf } from './proxy_connection.ts'

/** What lies behind a proxy. */
export interface TcpProxyOptions {
  readonly target: NetConnectOpts
  /** Reads along, for `inject`, `terminate` and `cutAt`. Encryption is refused, as by a server without TLS. */
  readonly protocol?: 'postgresql'
}

interface Connection {
  readonly client: Socket
  readonly flows: Partial<Record<Direction, Flow>>
  /** Whether bytes of it were swallowed: it cannot go on. */
  broken: boolean
  cut(how: Cut): void
}

const DIRECTIONS: readonly Direction[] = ['toServer', 'toClient']

/**
 * A proxy on loopback in front of a server, which makes the faults of a network and, on request, those of PostgreSQL.
 * Each setting holds for the connections that are open and for those that come. Disposing of it resets them all.
 */
export class TcpProxy implements AsyncDisposable {
  readonly #server: Server
  readonly #options: TcpProxyOptions
  readonly #connections = new Set<Connection>()
  readonly #line: Line = {
    delayMs: { toServer: 0, toClient: 0 },
    paused: { toServer: false, toClient: false },
    blackHole: false,
  }
  readonly #injections = new Injections()
  readonly #cuts = new Cuts()
  #port = 0
  /** How many connections were accepted since the start. */
  accepted = 0
  /** How many bytes vanished in the black hole. */
  swallowed = 0

  private constructor(options: TcpProxyOptions) {
    this.#options = options
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#connected(client))
  }

  static async start(options: TcpProxyOptions): Promise<TcpProxy> {
    const proxy = new TcpProxy(options)
    proxy.#port = await listen(proxy.#server)
    return proxy
  }

  /** In front of the PostgreSQL of a URL, on a TCP port or a socket in the file system. */
  static inFrontOf(url: string): Promise<TcpProxy> {
    const { hostname, port, searchParams } = new URL(url)
    const directory = searchParams.get('host')
    const tcp = { host: hostname, port: Number(port || 5432) }
    const target = directory?.startsWith('/') ? { path: `${directory}/.s.PGSQL.${tcp.port}` } : tcp
    return TcpProxy.start({ target, protocol: 'postgresql' })
  }

  get port(): number {
    return this.#port
  }

  /** How many connections are open now. */
  get open(): number {
    return this.#connections.size
  }

  /** The URL of the server behind, led through the proxy. */
  through(url: string): string {
    const through = new URL(url)
    through.host = `127.0.0.1:${this.#port}`
    through.searchParams.delete('host')
    return through.href
  }

  /** Holds up all bytes by this long; 0 ends it. */
  delay(ms: number, directions = DIRECTIONS): void {
    for (const direction of directions) this.#line.delayMs[direction] = ms
  }

  /** Sends nothing on, and reads nothing once the buffers are full, until `resume`. Nothing is lost. */
  pause(directions = DIRECTIONS): void {
    for (const direction of directions) this.#line.paused[direction] = true
  }

  resume(directions = DIRECTIONS): void {
    for (const direction of directions) this.#line.paused[direction] = false
    for (const { flows } of this.#connections) for (const direction of directions) flows[direction]?.pump()
  }

  /** From now on connections are accepted and bytes are taken, but nothing comes out, not even a sender's end. */
  blackHole(): void {
    this.#line.blackHole = true
  }

  /** Ends the black hole. Connections that lost bytes in it are reset. */
  restore(): void {
    this.#line.blackHole = false
    for (const connection of this.#connections) if (connection.broken) connection.cut('reset')
  }

  /** Ends all connections that are open. */
  cut(how: Cut): void {
    for (const connection of this.#connections) connection.cut(how)
  }

  cutAfter(cut: ByteCut): Fault {
    return this.#cuts.afterBytes(cut)
  }

  cutAt(cut: MessageCut): Fault {
    this.#needProtocol()
    return this.#cuts.atMessage(cut)
  }

  /** Makes statements, or new connections, fail with an error of PostgreSQL. */
  inject(injection: Injection): Fault {
    this.#needProtocol()
    return this.#injections.add(injection)
  }

  /** Tells all open sessions this, between two messages, and closes them, as a server that is shut down does. */
  terminate(error: PostgresError): void {
    this.#needProtocol()
    for (const { flows } of this.#connections) flows.toClient?.push([errorResponse(error), 'fin'])
  }

  /** Refuses new connections; those that are open go on. */
  refuse(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close()
      resolve()
    })
  }

  /** Takes connections again, on the same port. */
  async accept(): Promise<void> {
    if (!this.#server.listening) await listen(this.#server, this.#port)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut('reset')
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve))
  }

  #needProtocol(): void {
    if (this.#options.protocol !== 'postgresql') throw new Error("start the proxy with protocol: 'postgresql'")
  }

  #connected(client: Socket): void {
    this.accepted += 1
    const server = this.#line.blackHole ? undefined : connect(this.#options.target)
    const connection: Connection = {
      client,
      flows: {},
      broken: server === undefined,
      cut: (how) => {
        this.#connections.delete(connection)
        for (const flow of Object.values(connection.flows)) flow.drop()
        for (const socket of [client, server]) if (socket !== undefined) end(socket, how)
      },
    }
    this.#connections.add(connection)
    for (const socket of [client, server]) socket?.on('error', () => connection.cut('reset'))
    if (server === undefined) {
      client.on('data', (chunk) => (this.swallowed += chunk.length))
      client.on('close', () => this.#connections.delete(connection))
      return
    }
    this.#join(connection, server)
  }

  #join(connection: Connection, server: Socket): void {
    const { client, flows } = connection
    const session = this.#session()
    const cut = (how: Cut) => connection.cut(how)
    const toServer = new Flow({ source: client, target: server }, this.#line, 'toServer', cut)
    const toClient = new Flow({ source: server, target: client }, this.#line, 'toClient', cut)
    Object.assign(flows, { toServer, toClient })
    const pass = (direction: Direction, flow: Flow, items: readonly Item[]) => {
      if (!this.#line.blackHole) return flow.push(this.#cuts.counted(connection, direction, items))
      connection.broken = true
      for (const item of items) this.swallowed += sizeOf(item)
    }
    const reply = (item: Item) => pass('toClient', toClient, [item])
    client.on('data', (chunk) => pass('toServer', toServer, session?.fromClient(chunk, reply) ?? [chunk]))
    server.on('data', (chunk) => pass('toClient', toClient, session?.fromServer(chunk) ?? [chunk]))
    client.on('end', () => pass('toServer', toServer, ['end']))
    server.on('end', () => pass('toClient', toClient, ['end']))
    const closed = () => client.destroyed && server.destroyed && this.#connections.delete(connection)
    for (const socket of [client, server]) socket.on('close', closed)
  }

  #session(): PostgresSession | undefined {
    if (this.#options.protocol !== 'postgresql') return undefined
    return new PostgresSession({
      injections: this.#injections,
      cutAt: (direction, message) => this.#cuts.forMessage(direction, message),
    })
  }
}

function end(socket: Socket, how: Cut): void {
  // A socket in the file system cannot be reset, and what was written before a FIN still goes out.
  if (how === 'fin') socket.destroySoon()
  else if (socket.remoteAddress === undefined) socket.destroy()
  else socket.resetAndDestroy()
}
