import { changeFeed, cursorCodec, rateLimit, reminderFeed, tokenVerifier, type Services } from '@taskwire/api'
import type { FastifyBaseLogger } from 'fastify'
import { configuredAssistant } from '../assistant/configured.ts'
import type { CountAttempt } from '../auth/attempt_counts.ts'
import { createSignIn, type SignIn } from '../auth/sign_in.ts'
import type { Env } from '../config/env.ts'
import { formerSecretBytes, sharedSecret } from '../config/secret.ts'
import { configuredMailer, type Mailer } from '../mail/mailer.ts'
import { outbox } from '../mail/outbox.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { BegunDatabase } from './begin_database.ts'
import { openConfiguredDatabase } from './database.ts'
import type { Cleanup } from './shutdown.ts'

export interface OpenedServices {
  readonly services: Services
  readonly signIn: SignIn
  /** Undefined without SMTP_URL. */
  readonly mailer: Mailer | undefined
}

export interface ProcessParts {
  readonly log: FastifyBaseLogger
  readonly cleanup: Cleanup
  readonly metrics?: Metrics | undefined
  /** Whether the server runs already: see `MigrateOptions`. */
  readonly mayBeOutdated?: boolean | undefined
  /** Default: this process counts for itself. */
  readonly countAttempt?: CountAttempt | undefined
  /** The database that the start has begun. Default: it is opened here. */
  readonly database?: BegunDatabase | undefined
}

/** Opens what all calls of a process share, on the configured database, and registers with `cleanup` how to close it. */
export async function openServices(env: Env, parts: ProcessParts): Promise<OpenedServices> {
  const { log, cleanup, metrics, mayBeOutdated, countAttempt, database: begun } = parts
  const secret = await sharedSecret(env)
  const formerSecrets = formerSecretBytes(env)
  const onStatement = (statement: string, ms: number) => {
    metrics?.observeStatement(statement, ms)
    if (ms > env.SLOW_REQUEST_MS) log.warn({ statement, ms: Math.round(ms) }, 'slow statement')
  }
  const database = await openConfiguredDatabase(env, {
    log: (message) => log.info(message),
    onStatement,
    readUrl: env.DATABASE_READ_URL,
    onRead: (place) => metrics?.countRead(place),
    mayBeOutdated,
    begun,
  })
  cleanup.add(() => database.close())
  const { db, sql, snapshots, transact, isWritable } = database
  const mailer = configuredMailer(env)
  const mail = mailer && outbox(mailer, log)
  cleanup.add(async () => {
    await mail?.close()
    mailer?.close()
  })
  const signIn = createSignIn({ db, sql, env, secret, log, outbox: mail, countAttempt })
  const { issuers, apiKey, accessToken, revocations } = signIn
  const services: Services = {
    db,
    sql,
    snapshots,
    transact,
    isWritable,
    tokens: tokenVerifier({
      secret,
      formerSecrets,
      allowNonExpiring: env.AUTH_ALLOW_NON_EXPIRING,
      issuers,
      apiKey,
      accessToken,
      revocations,
    }),
    cursors: cursorCodec(secret, formerSecrets),
    feed: changeFeed({ db, log }),
    reminders: reminderFeed({ sql, log }),
    log,
    assistant: configuredAssistant(env),
    publicUrl: env.BETTER_AUTH_URL.replace(/\/+$/, ''),
    allowPrivateWebhooks: env.WEBHOOK_ALLOW_PRIVATE,
    calls: env.RATE_LIMIT_API === 0 ? undefined : rateLimit({ limit: env.RATE_LIMIT_API }),
  }
  metrics?.watch({
    connections: database.connections,
    standbys: database.standbys?.count,
    streams: () => services.feed.subscriptions(),
  })
  return { services, signIn, mailer }
}
