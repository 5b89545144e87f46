import { setTimeout as sleep } from 'node:timers/promises'
import { changeFeed, cursorSeal, rateLimit, tokenVerifier, type Services } from '@taskwire/api'
import { DatabaseNotReady } from '@taskwire/db/migrate'
import { buildApp, type App } from './app.ts'
import { createSignIn } from './auth/sign_in.ts'
import { migratedDatabase } from './database.ts'
import { BadConfiguration, localUrl, readEnv, type Env } from './env.ts'
import { helpText } from './env_help.ts'
import { openLog } from './log.ts'
import { CannotListen, cannotListen, freePort } from './port.ts'
import { sharedSecret } from './secret.ts'
import { closing, stopOnSignals, type Closing } from './stop.ts'

const STILL_ACCEPTING_MS = 250
const DRAIN_MS = 3000

if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
  process.stdout.write(helpText())
} else {
  await start()
}

async function start(): Promise<void> {
  try {
    const configured = readEnv()
    const open = closing((error) => process.stderr.write(`while stopping: ${String(error)}\n`))
    stopOnSignals(() => open.close())
    await serve(configured, open)
  } catch (error) {
    for (const line of problems(error)) process.stderr.write(`${line}\n`)
    process.exit(1)
  }
}

/** What the operator has to mend, a line each; an error that nobody foresaw is shown whole. */
function problems(error: unknown): readonly string[] {
  if (error instanceof BadConfiguration) return error.problems
  if (error instanceof CannotListen || error instanceof DatabaseNotReady) return [error.message]
  return [error instanceof Error ? (error.stack ?? error.message) : String(error)]
}

async function serve(configured: Env, open: Closing): Promise<void> {
  const { HOST } = configured
  const PORT = await freePort(HOST, configured.PORT)
  const isLocal = configured.BETTER_AUTH_URL === localUrl(HOST, configured.PORT)
  const env = { ...configured, PORT, ...(isLocal ? { BETTER_AUTH_URL: localUrl(HOST, PORT) } : {}) }
  const log = openLog(env)
  const secret = await sharedSecret(env)
  const database = await migratedDatabase(env, (message) => log.info(message))
  open.add(() => database.close())
  const { db, sql } = database
  const feed = changeFeed({ db, log })
  const signIn = createSignIn({ db, env, secret, log })
  const { issuers, apiKey } = signIn
  const services: Services = {
    db,
    sql,
    tokens: tokenVerifier({ secret, allowNonExpiring: env.AUTH_ALLOW_NON_EXPIRING, issuers, apiKey }),
    cursors: cursorSeal(secret),
    feed,
    log,
    calls: env.RATE_LIMIT_API === 0 ? undefined : rateLimit({ limit: env.RATE_LIMIT_API }),
  }
  const app = await buildApp({ services, env, log, plugins: [signIn.plugin] })
  open.add(() => drain(app, services))
  await app.listen({ host: HOST, port: PORT, listenTextResolver: () => 'listening' }).catch((error: unknown) => {
    throw cannotListen(error, HOST, PORT)
  })
  process.stdout.write(banner(env))
}

/** Lets balancers see that we leave, ends the streams, and gives the answers under way some seconds. */
async function drain(app: App, { feed }: Services): Promise<void> {
  app.stopping = true
  feed.close()
  await sleep(STILL_ACCEPTING_MS)
  const late = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS)
  await app.close()
  clearTimeout(late)
}

function banner(env: Env): string {
  const url = localUrl(env.HOST, env.PORT)
  const data = env.DATABASE_URL === undefined ? env.TASKWIRE_DATA_DIR : 'the database of DATABASE_URL'
  return `Taskwire serves on ${url}\n  data    ${data}\n  docs    ${url}/docs\n  stop    Ctrl-C\n`
}
