import type { Server } from 'node:http'
import { Server as NetServer } from 'node:net'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { Services } from '@taskwire/api'
import type { App } from '../http/app.ts'

/** Balancers that look often see the readiness within this time, also without a delay. */
export const ACCEPT_MS = 250

/** Milliseconds for which busy clients may send a request, after which the assistant ends, and then all connections. */
export const END_TIMES = { idleMs: 250, assistantMs: 1500, drainMs: 2500 }

export interface EndOptions extends Partial<typeof END_TIMES> {
  /** Counts the connections that the server did not accept itself, for which closing it would not wait. */
  readonly connections?: () => number
}

/**
 * Turns readiness off and serves requests for the delay, so that load balancers notice. Then it accepts no more
 * connections, ends the event streams, and gives requests in progress a few seconds to finish.
 */
export async function drain(app: App, services: Services, delayMs: number): Promise<void> {
  app.stopping = true
  if (app.server.listening) {
    await sleep(delayMs + ACCEPT_MS)
    const { server } = app
    await stopListening({ server, pause: () => pauseRequests(app), resume: () => resumeRequests(app) })
  }
  await endRequests(app, services)
}

/** Ends what is in progress once no connection is accepted any more. */
export async function endRequests(
  app: App,
  { feed, assistant }: Pick<Services, 'feed' | 'assistant'>,
  options: EndOptions = {},
): Promise<void> {
  const { idleMs, assistantMs, drainMs, connections = () => 0 } = { ...END_TIMES, ...options }
  // Not earlier: a client whose stream or connection ends opens another, and closing the listener could reset that.
  feed.close()
  // A busy client sends its next request now and learns from the response that the connection closes.
  await sleep(idleMs)
  await closeIdleConnections(app.server)
  // The assistant may need a minute for an answer: end it while it can still report an error.
  const assistantTimer = setTimeout(() => assistant?.close?.(), assistantMs)
  const drainTimer = setTimeout(() => app.server.closeAllConnections(), drainMs)
  // The connection of an ended stream becomes idle and would be kept open for the next request.
  const idleTimer = setInterval(() => void closeIdleConnections(app.server), 50)
  while (connections() > 0) await sleep(20)
  await app.close()
  clearInterval(idleTimer)
  clearTimeout(assistantTimer)
  clearTimeout(drainTimer)
}

/**
 * Closes connections without a request. A request may have arrived on one that this process has not read yet, and closing
 * would reset it: a proxy could not send it again. So what has arrived is read first, by a turn of the event loop, which
 * has to be short so that nothing else arrives unread in it.
 */
async function closeIdleConnections(server: Server): Promise<void> {
  for (let turn = 0; turn < MAX_IDLE_TURNS; turn++) {
    const start = performance.now()
    await nextTurn()
    if (performance.now() - start < QUIET_TURN_MS) break
  }
  server.closeIdleConnections()
}

export interface StoppedListener {
  readonly server: NetServer
  /** Lets the requests of accepted connections wait until `resume`. */
  readonly pause: () => void
  readonly resume: () => void
}

const QUIET_MS = 50
const PAUSE_MS = 500
const QUIET_TURN_MS = 0.1
const MAX_TURNS = 500
const MAX_IDLE_TURNS = 20

/**
 * Closes the listener and leaves its connections open. The system resets connections that clients have opened and the
 * process has not accepted. So requests wait until no connection has been accepted for a moment: a client that waits
 * opens none. Those of everybody else can only be lost in the last turn of the event loop, so that has to be short.
 */
export async function stopListening({ server, pause, resume }: StoppedListener): Promise<void> {
  let accepted = performance.now()
  const onConnection = () => (accepted = performance.now())
  server.on('connection', onConnection)
  pause()
  const deadline = accepted + PAUSE_MS
  for (let now = accepted; now < deadline && now - accepted < QUIET_MS; now = performance.now()) await sleep(1)
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const start = performance.now()
    await nextTurn()
    if (accepted < start && performance.now() - start < QUIET_TURN_MS) break
  }
  server.off('connection', onConnection)
  // The method of HTTP servers also closes idle connections, on which a request may be on its way.
  NetServer.prototype.close.call(server)
  resume()
}

/** Lets new requests wait until `resumeRequests`. */
export function pauseRequests(app: App): void {
  app.paused ??= []
}

export function resumeRequests(app: App): void {
  const waiting = app.paused ?? []
  app.paused = undefined
  for (const proceed of waiting) proceed()
}
