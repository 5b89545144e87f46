import { setTimeout as sleep } from 'node:timers/promises'
import { purge, type Services } from '@taskwire/api'
import { buildApp, type App } from '../http/app.ts'
import { localUrl, type Env } from '../config/env.ts'
import { openLog } from './log.ts'
import { everyHour } from './periodic.ts'
import { cannotListen, freePort } from './port.ts'
import { openServices } from './services.ts'
import type { Closing } from './stop.ts'

const STILL_ACCEPTING_MS = 250
const DRAIN_MS = 2500
const CHAT_MS = 1500

/** Starts everything and listens. What it opens it adds to `open`, each the moment it is there. */
export async function serve(configured: Env, open: Closing): Promise<void> {
  const env = await withFreePort(configured)
  const log = openLog(env)
  const { services, signIn } = await openServices(env, log, open)
  open.add(everyHour('purge', (signal) => purge(services, signal), log))
  const app = await buildApp({ services, env, log, plugins: [signIn.plugin] })
  open.add(() => drain(app, services))
  await app
    .listen({ host: env.HOST, port: env.PORT, listenTextResolver: () => 'listening' })
    .catch((error: unknown) => {
      throw cannotListen(error, env.HOST, env.PORT)
    })
  process.stdout.write(banner(env))
}

/** Sees that the port is free before anything else happens; with PORT=0 this also chooses it. */
async function withFreePort(env: Env): Promise<Env> {
  const PORT = await freePort(env.HOST, env.PORT)
  const isLocal = env.BETTER_AUTH_URL === localUrl(env.HOST, env.PORT)
  return { ...env, PORT, BETTER_AUTH_URL: isLocal ? localUrl(env.HOST, PORT) : env.BETTER_AUTH_URL }
}

/** Lets balancers see that we leave, ends the streams, and gives the answers under way some seconds. */
async function drain(app: App, { feed, assistant }: Services): Promise<void> {
  app.stopping = true
  feed.close()
  await sleep(STILL_ACCEPTING_MS)
  // An answer of the assistant may take a minute: it fails while it can still say so.
  const unfinished = setTimeout(() => assistant?.close?.(), CHAT_MS)
  const late = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS)
  // A stream's connection is idle when the stream has ended, and would be kept for its next request.
  const idle = setInterval(() => app.server.closeIdleConnections(), 50)
  await app.close()
  clearInterval(idle)
  clearTimeout(unfinished)
  clearTimeout(late)
}

function banner(env: Env): string {
  const url = localUrl(env.HOST, env.PORT)
  const data = env.DATABASE_URL === undefined ? env.TASKWIRE_DATA_DIR : 'the database of DATABASE_URL'
  return `Taskwire serves on ${url}\n  data    ${data}\n  docs    ${url}/docs\n  stop    Ctrl-C\n`
}
