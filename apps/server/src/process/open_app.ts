import {
  purge,
  purgeDeliveries,
  purgeReminderMails,
  purgeReminders,
  reminderLoop,
  reminderPushes,
  webhookDeliveries,
  type Services,
} from '@taskwire/api'
import type { FastifyBaseLogger } from 'fastify'
import type { CountAttempt } from '../auth/attempt_counts.ts'
import { purgeGrants } from '../auth/oauth/purge_grants.ts'
import { purgeRevocations } from '../auth/stored_revocations.ts'
import { openTelemetryVariables, type Env } from '../config/env.ts'
import { buildApp, type App } from '../http/app.ts'
import type { Mailer } from '../mail/mailer.ts'
import { reminderMailLoop } from '../mail/reminder_mail_loop.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Tracing } from '../tracing/tracing.ts'
import type { BegunDatabase } from './begin_database.ts'
import { openLog } from './log.ts'
import { everyHour } from './periodic.ts'
import { openServices } from './services.ts'
import type { Cleanup } from './shutdown.ts'

export interface OpenedApp {
  readonly app: App
  readonly services: Services
  readonly log: FastifyBaseLogger
  /** Undefined without ADMIN_PORT. */
  readonly metrics: Metrics | undefined
  /** Begins with the jobs that need no request. Call it once requests are served. */
  readonly begin: () => void
}

export interface OpenAppOptions {
  readonly runsJobs: boolean
  /** Whether the server runs already: see `MigrateOptions`. */
  readonly mayBeOutdated?: boolean
  /** Counts attempts to sign in, and mails, for more processes than this one. */
  readonly countAttempt?: CountAttempt | undefined
  /** Default: one of its own. */
  readonly log?: FastifyBaseLogger
  /** The database that the start has begun. Default: it is opened here. */
  readonly database?: BegunDatabase
}

/**
 * Opens everything that answers requests; it does not listen yet. Each thing is registered with `cleanup` as soon as it is
 * open. Of the processes of one server, one runs the jobs that need no request.
 */
export async function openApp(env: Env, cleanup: Cleanup, options: OpenAppOptions): Promise<OpenedApp> {
  const { runsJobs, log = openLog(env), ...parts } = options
  const metrics = env.ADMIN_PORT === undefined ? undefined : await openMetrics()
  // Opened first, so that the last spans are sent after everything else has ended.
  const tracing = await openTracing(log, cleanup)
  const { services, signIn, mailer } = await openServices(env, { log, cleanup, metrics, ...parts })
  cleanup.add(() => services.reminders?.close())
  const begin = runsJobs ? openJobs(env, { services, log, metrics, mailer }, cleanup) : () => {}
  const app = await buildApp({ services, env, log, metrics, traces: tracing?.requests, plugins: [signIn.plugin] })
  return { app, services, log, metrics, begin }
}

function openJobs(
  env: Env,
  { services, log, metrics, mailer }: Pick<OpenedApp, 'services' | 'log' | 'metrics'> & { mailer: Mailer | undefined },
  cleanup: Cleanup,
): () => void {
  cleanup.add(everyHour('purge', (signal) => purge(services, { signal, keptDays: env.CHANGES_KEPT_DAYS }), log))
  cleanup.add(everyHour('purge of revocations', () => purgeRevocations(services.db), log))
  cleanup.add(everyHour('purge of grants', () => purgeGrants(services.db), log))
  cleanup.add(everyHour('purge of deliveries', (signal) => purgeDeliveries(services.db, signal), log))
  const forgetReminders = (signal: AbortSignal) => purgeReminders(services.db, env.CHANGES_KEPT_DAYS, signal)
  cleanup.add(everyHour('purge of reminders', forgetReminders, log))
  cleanup.add(everyHour('purge of mail', () => purgeReminderMails(services), log))
  const mails = mailer && reminderMailLoop(services, mailer)
  cleanup.add(() => mails?.stop())
  const pushes = reminderPushes(services, { contact: pushContact(env) })
  cleanup.add(() => pushes.stop())
  const reminders = reminderLoop(services, {
    onLate: (count) => metrics?.countLateReminders(count),
    onFired: () => pushes.notify(),
  })
  cleanup.add(() => reminders.stop())
  const deliveries = webhookDeliveries(services)
  cleanup.add(() => deliveries.stop())
  metrics?.watchWebhooks(() => deliveries.lag())
  return () => {
    reminders.start()
    deliveries.start()
    mails?.start()
    pushes.start()
  }
}

/** Where the operator of a push service finds ours: the public address, or where that is not HTTPS the sender of mail. */
export function pushContact({
  BETTER_AUTH_URL: url,
  MAIL_FROM: from,
}: Pick<Env, 'BETTER_AUTH_URL' | 'MAIL_FROM'>): string {
  if (url.startsWith('https:')) return url
  return `mailto:${/<([^<>]+)>$/.exec(from)?.[1] ?? from}`
}

/** Loaded only where a collector is named. */
async function openTracing(log: FastifyBaseLogger, cleanup: Cleanup): Promise<Tracing | undefined> {
  const variables = openTelemetryVariables()
  if (variables === undefined) return undefined
  const { openTracing: open } = await import('../tracing/tracing.ts')
  const tracing = await open(variables, log)
  cleanup.add(() => tracing.close())
  return tracing
}

/** Loaded only where it is used. */
async function openMetrics(): Promise<Metrics> {
  const { createMetrics } = await import('../metrics/metrics.ts')
  return createMetrics()
}
