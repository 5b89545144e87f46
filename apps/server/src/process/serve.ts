import { setTimeout as sleep } from 'node:timers/promises'
import { purge, type Services } from '@taskwire/api'
import { buildApp, type App } from '../http/app.ts'
import { purgeRevocations } from '../auth/stored_revocations.ts'
import { localUrl, type Env } from '../config/env.ts'
import { openLog } from './log.ts'
import { everyHour } from './periodic.ts'
import { findPort, listenError } from './port.ts'
import { openServices } from './services.ts'
import type { Cleanup } from './shutdown.ts'
import { v8FlagProblems } from './v8_flags.ts'

const ACCEPT_MS = 250
const ASSISTANT_MS = 1500
const DRAIN_MS = 2500

/** Starts everything and listens. Each thing is registered with `cleanup` as soon as it is open. */
export async function serve(configured: Env, cleanup: Cleanup): Promise<void> {
  const env = await withPort(configured)
  cleanup.delayMs = env.SHUTDOWN_DELAY_MS
  const log = openLog(env)
  const { services, signIn } = await openServices(env, log, cleanup)
  cleanup.add(everyHour('purge', (signal) => purge(services, signal), log))
  cleanup.add(everyHour('purge of revocations', () => purgeRevocations(services.db), log))
  const app = await buildApp({ services, env, log, plugins: [signIn.plugin] })
  cleanup.add(() => drain(app, services, env.SHUTDOWN_DELAY_MS))
  await app
    .listen({ host: env.HOST, port: env.PORT, listenTextResolver: () => 'listening' })
    .catch((error: unknown) => {
      throw listenError(error, env.HOST, env.PORT)
    })
  process.stdout.write(banner(env))
  for (const problem of await v8FlagProblems()) log.warn(problem)
}

/** Checks that the port is free before anything else happens. With PORT=0 this also chooses the port. */
async function withPort(env: Env): Promise<Env> {
  const PORT = await findPort(env.HOST, env.PORT)
  const isLocal = env.BETTER_AUTH_URL === localUrl(env.HOST, env.PORT)
  return { ...env, PORT, BETTER_AUTH_URL: isLocal ? localUrl(env.HOST, PORT) : env.BETTER_AUTH_URL }
}

/**
 * Turns readiness off and serves requests for the delay, so that load balancers notice. Then ends the event streams,
 * and gives requests in progress a few seconds to finish.
 */
async function drain(app: App, { feed, assistant }: Services, delayMs: number): Promise<void> {
  app.stopping = true
  if (app.server.listening) await sleep(delayMs)
  feed.close()
  // Load balancers need a moment to see that the server is not ready any more.
  await sleep(ACCEPT_MS)
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

function banner(env: Env): string {
  const url = localUrl(env.HOST, env.PORT)
  const data = env.DATABASE_URL === undefined ? env.TASKWIRE_DATA_DIR : 'the database of DATABASE_URL'
  return `Taskwire is running at ${url}\n  data    ${data}\n  docs    ${url}/docs\n  stop    Ctrl-C\n`
}
