import { purge, purgeDeliveries, webhookDeliveries } from '@taskwire/api'
import { embeddedDirectory } from '@taskwire/db/open'
import { buildApp } from '../http/app.ts'
import { purgeGrants } from '../auth/oauth/purge_grants.ts'
import { purgeRevocations } from '../auth/stored_revocations.ts'
import { localUrl, settingWarnings, type Env } from '../config/env.ts'
import { drain } from './drain.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { openLog } from './log.ts'
import { everyHour } from './periodic.ts'
import { findPort, listenError } from './port.ts'
import { openServices } from './services.ts'
import type { Cleanup } from './shutdown.ts'
import { serveMetrics } from './serve_metrics.ts'
import { v8FlagProblems } from './v8_flags.ts'

/** Starts everything and listens. Each thing is registered with `cleanup` as soon as it is open. */
export async function serve(configured: Env, cleanup: Cleanup): Promise<void> {
  const env = await withPort(configured)
  cleanup.delayMs = env.SHUTDOWN_DELAY_MS
  for (const line of settingWarnings()) process.stderr.write(`${line}\n`)
  const log = openLog(env)
  const metrics = env.ADMIN_PORT === undefined ? undefined : await openMetrics()
  const { services, signIn } = await openServices(env, { log, cleanup, metrics })
  cleanup.add(everyHour('purge', (signal) => purge(services, { signal, keptDays: env.CHANGES_KEPT_DAYS }), log))
  cleanup.add(everyHour('purge of revocations', () => purgeRevocations(services.db), log))
  cleanup.add(everyHour('purge of grants', () => purgeGrants(services.db), log))
  cleanup.add(everyHour('purge of deliveries', (signal) => purgeDeliveries(services.db, signal), log))
  const deliveries = webhookDeliveries(services)
  cleanup.add(() => deliveries.stop())
  metrics?.watchWebhooks(() => deliveries.lag())
  const app = await buildApp({ services, env, log, metrics, plugins: [signIn.plugin] })
  if (metrics !== undefined) await serveMetrics(env, { app, services, metrics, log }, cleanup)
  cleanup.add(() => drain(app, services, env.SHUTDOWN_DELAY_MS))
  await app
    .listen({ host: env.HOST, port: env.PORT, listenTextResolver: () => 'listening' })
    .catch((error: unknown) => {
      throw listenError(error, env.HOST, env.PORT)
    })
  deliveries.start()
  process.stdout.write(banner(env))
  for (const problem of await v8FlagProblems()) log.warn(problem)
}

/** Loaded only where it is used. */
async function openMetrics(): Promise<Metrics> {
  const { createMetrics } = await import('../metrics/metrics.ts')
  return createMetrics()
}

/** Checks that the port is free before anything else happens. With PORT=0 this also chooses the port. */
async function withPort(env: Env): Promise<Env> {
  const PORT = await findPort(env.HOST, env.PORT)
  const isLocal = env.BETTER_AUTH_URL === localUrl(env.HOST, env.PORT)
  const ADMIN_PORT = env.ADMIN_PORT === undefined ? undefined : await findPort(env.ADMIN_HOST, env.ADMIN_PORT)
  return { ...env, PORT, ADMIN_PORT, BETTER_AUTH_URL: isLocal ? localUrl(env.HOST, PORT) : env.BETTER_AUTH_URL }
}

function banner(env: Env): string {
  const url = localUrl(env.HOST, env.PORT)
  const { ADMIN_HOST, ADMIN_PORT } = env
  const metrics = ADMIN_PORT === undefined ? '' : `  metrics ${localUrl(ADMIN_HOST, ADMIN_PORT)}/metrics\n`
  const data = env.DATABASE_URL === undefined ? embeddedPlace(env) : 'the database of DATABASE_URL'
  return `Taskwire is running at ${url}\n  data    ${data}\n  docs    ${url}/docs\n${metrics}  stop    Ctrl-C\n`
}

/** Where an operator finds the files: as root they may be elsewhere than the data directory. */
function embeddedPlace({ TASKWIRE_DATA_DIR: dataDir }: Env): string {
  const directory = embeddedDirectory(dataDir) ?? dataDir
  return directory === dataDir ? dataDir : `${directory} (tasks and accounts), ${dataDir} (secret)`
}
