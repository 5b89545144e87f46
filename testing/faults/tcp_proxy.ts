import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net'
import { type ByteCut, Cuts, type MessageCut } from './cuts.ts'
import { type Fault, type Injection, Injections } from './injections.ts'
import { listen } from './ports.ts'
import type { PostgresError } from './postgres_errors.ts'
import { errorResponse } from './postgres_messages.ts'
import { PostgresSession } from './postgres_session.ts'
import type { Cut, Direction, Line } from './flow.ts'
import { ProxyConnection } from './proxy_connection.ts'

/** The server behind a proxy. */
export interface TcpProxyOptions {
  readonly target: NetConnectOpts
  /**
   * Parses PostgreSQL's protocol, for `inject`, `terminate` and `cutAt`. Encryption is refused, as by a server without
   * TLS.
   */
  readonly protocol?: 'postgresql'
}

const DIRECTIONS: readonly Direction[] = ['toServer', 'toClient']

/**
 * A proxy on loopback in front of a server that simulates faults of the network and, on request, of PostgreSQL.
 * Each setting applies to open and to new connections. Disposing of the proxy resets them all.
 */
export class TcpProxy implements AsyncDisposable {
  readonly #server: Server
  readonly #options: TcpProxyOptions
  readonly #connections = new Set<ProxyConnection>()
  readonly #line: Line = {
    delayMs: { toServer: 0, toClient: 0 },
    paused: { toServer: false, toClient: false },
    blackHole: false,
  }
  readonly #injections = new Injections()
  readonly #cuts = new Cuts()
  #port = 0
  /** How many connections it has accepted. */
  accepted = 0
  /** How many bytes the black hole has swallowed. */
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

  /** A proxy in front of the PostgreSQL at a URL, on a TCP port or a Unix socket. */
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

  /** How many bytes wait in the proxy, for a delay or for `resume`. */
  get held(): number {
    return [...this.#connections].reduce(
      (sum, { flows }) => sum + (flows ? flows.toServer.held + flows.toClient.held : 0),
      0,
    )
  }

  /** The server's URL, routed through the proxy. */
  through(url: string): string {
    const through = new URL(url)
    through.host = `127.0.0.1:${this.#port}`
    through.searchParams.delete('host')
    return through.href
  }

  /** Delays all bytes by this much; 0 ends the delay. */
  delay(ms: number, directions = DIRECTIONS): void {
    for (const direction of directions) this.#line.delayMs[direction] = ms
  }

  /** Forwards nothing until `resume`, and reads nothing once the buffers are full. Nothing is lost. */
  pause(directions = DIRECTIONS): void {
    for (const direction of directions) this.#line.paused[direction] = true
  }

  resume(directions = DIRECTIONS): void {
    for (const direction of directions) this.#line.paused[direction] = false
    for (const { flows } of this.#connections) for (const direction of directions) flows?.[direction].pump()
  }

  /** From now on accepts connections and bytes but forwards nothing, not even a sender's end. */
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

  /** Makes statements or new connections fail with a PostgreSQL error. */
  inject(injection: Injection): Fault {
    this.#needProtocol()
    return this.#injections.add(injection)
  }

  /** Sends this error to all open sessions, between two messages, and closes them, as a server does on shutdown. */
  terminate(error: PostgresError): void {
    this.#needProtocol()
    for (const { flows } of this.#connections) flows?.toClient.push([errorResponse(error), 'fin'])
  }

  /** Refuses new connections; open ones continue. */
  refuse(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close()
      resolve()
    })
  }

  /** Accepts connections again, on the same port. */
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
    const connection = new ProxyConnection(client, {
      line: this.#line,
      cuts: this.#cuts,
      session: this.#session(),
      connect: () => connect(this.#options.target),
      swallow: (bytes) => (this.swallowed += bytes),
      closed: () => this.#connections.delete(connection),
    })
    this.#connections.add(connection)
  }

  #session(): PostgresSession | undefined {
    if (this.#options.protocol !== 'postgresql') return undefined
    return new PostgresSession({
      injections: this.#injections,
      cutAt: (direction, message) => this.#cuts.forMessage(direction, message),
    })
  }
}
