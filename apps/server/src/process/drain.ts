import { Server as NetServer } from 'node:net'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { Services } from '@taskwire/api'
import type { App } from '../http/app.ts'

/** Balancers that look often see the readiness within this time, also without a delay. */
const ACCEPT_MS = 250
const IDLE_MS = 250
const ASSISTANT_MS = 1500
const DRAIN_MS = 2500

/**
 * Turns readiness off and serves requests for the delay, so that load balancers notice. Then it accepts no more
 * connections, ends the event streams, and gives requests in progress a few seconds to finish.
 */
export async function drain(app: App, { feed, assistant }: Services, delayMs: number): Promise<void> {
  app.stopping = true
  if (app.server.listening) {
    await sleep(delayMs + ACCEPT_MS)
    await stopListening(app)
  }
  // Not earlier: a client whose stream or connection ends opens another, and closing the listener could reset that.
  feed.close()
  // A busy client sends its next request now and learns from the response that the connection closes.
  await sleep(IDLE_MS)
  // The assistant may need a minute for an answer: end it while it can still report an error.
  const assistantTimer = setTimeout(() => assistant?.close?.(), ASSISTANT_MS)
  const drainTimer = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS)
  // The connection of an ended stream becomes idle and would be kept open for the next request.
  const idleTimer = setInterval(() => app.server.closeIdleConnections(), 50)
  await app.close()
  clearInterval(idleTimer)
  clearTimeout(assistantTimer)
  clearTimeout(drainTimer)
}

const QUIET_MS = 50
const PAUSE_MS = 500
const QUIET_TURN_MS = 0.1
const MAX_TURNS = 500

/**
 * Closes the listener and leaves its connections open. The system resets connections that clients have opened and the
 * process has not accepted. So requests wait until no connection has been accepted for a moment: a client that waits
 * opens none. Those of everybody else can only be lost in the last turn of the event loop, so that has to be short.
 */
async function stopListening(app: App): Promise<void> {
  let accepted = performance.now()
  const onConnection = () => (accepted = performance.now())
  app.server.on('connection', onConnection)
  const paused: (() => void)[] = (app.paused = [])
  const deadline = accepted + PAUSE_MS
  for (let now = accepted; now < deadline && now - accepted < QUIET_MS; now = performance.now()) await sleep(1)
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const start = performance.now()
    await nextTurn()
    if (accepted < start && performance.now() - start < QUIET_TURN_MS) break
  }
  app.server.off('connection', onConnection)
  // The method of HTTP servers also closes idle connections, on which a request may be on its way.
  NetServer.prototype.close.call(app.server)
  app.paused = undefined
  for (const proceed of paused) proceed()
}
