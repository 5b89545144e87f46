import {
  changeFeed,
  createCaller,
  cursorCodec,
  rateLimit,
  tokenVerifier,
  type Context,
  type Services,
} from '@taskwire/api'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { buildApp, type App } from '../src/http/app.ts'
import { envFrom } from '../src/config/env.ts'
import { configuredMailer } from '../src/mail/mailer.ts'
import { outbox } from '../src/mail/outbox.ts'
import { openLog } from '../src/process/log.ts'
import type { FetchClientDocument } from '../src/auth/oauth/client_document.ts'
import type { CountAttempt } from '../src/auth/attempt_counts.ts'
import { createSignIn, type SignIn } from '../src/auth/sign_in.ts'

export const TEST_SECRET = 'only the tests sign with this secret'

/** One server process on a database that it may share with others. */
export interface SignInServer {
  readonly app: App
  readonly signIn: SignIn
  readonly services: Services
  readonly database: TestDatabase
  readonly logged: { details: object; message: string }[]
  caller(token: string | undefined, overrides?: Partial<Context>): ReturnType<typeof createCaller>
  /** Signs up a new user, as a client without cookies would. */
  newUser(): Promise<{ id: string; email: string; session: string; token: string }>
  /** Creates an API key for the user of a session. */
  newKey(session: string, body: object): Promise<{ id: string; key: string }>
  close(): Promise<void>
}

function sink(lines: string[] = []) {
  return { write: (line: string) => void lines.push(line) }
}

let users = 0

export interface SignInServerOptions {
  readonly env?: Record<string, string>
  readonly database?: TestDatabase
  /** Collects the lines of its log. */
  readonly lines?: string[]
  readonly fetchClientDocument?: FetchClientDocument
  readonly countAttempt?: CountAttempt
}

export async function signInServer(options: SignInServerOptions = {}): Promise<SignInServer> {
  const database = options.database ?? (await testDatabase())
  const logged: SignInServer['logged'] = []
  const note = (details: object, message: string) => void logged.push({ details, message })
  const log = { error: note, warn: note }
  const env = envFrom({ RATE_LIMIT_AUTH: '1000', ...options.env })
  const secret = new TextEncoder().encode(env.BETTER_AUTH_SECRET ?? TEST_SECRET)
  const { fetchClientDocument, countAttempt } = options
  const mailer = configuredMailer(env)
  const mail = mailer && outbox(mailer, log, [10])
  const { db, sql } = database
  const signIn = createSignIn({ db, sql, env, secret, log, outbox: mail, fetchClientDocument, countAttempt })
  const services: Services = {
    db: database.db,
    sql: database.sql,
    snapshots: database.snapshots,
    transact: database.transact,
    isWritable: database.isWritable,
    log,
    tokens: tokenVerifier({ secret, ...signIn }),
    cursors: cursorCodec(secret),
    feed: changeFeed({ db: database.db, log, pollMs: 50 }),
    calls: env.RATE_LIMIT_API === 0 ? undefined : rateLimit({ limit: env.RATE_LIMIT_API }),
  }
  const pino = openLog({ LOG_LEVEL: options.lines === undefined ? 'silent' : 'trace' }, sink(options.lines))
  const app = await buildApp({ services, env, log: pino, plugins: [signIn.plugin] })
  await app.ready()
  const server: SignInServer = {
    app,
    signIn,
    services,
    database,
    logged,
    caller: (token, overrides) =>
      createCaller({
        services,
        via: 'rest',
        request_id: 'test',
        ...(token === undefined ? {} : { token }),
        ...overrides,
      }),
    async newUser() {
      const email = `user-${++users}-${process.pid}@example.com`
      const payload = { name: 'Test User', email, password: 'correct horse battery' }
      const signUp = await app.inject({ method: 'POST', url: '/api/auth/sign-up/email', payload })
      const { token: session, user } = signUp.json<{ token: string; user: { id: string } }>()
      const headers = { authorization: `Bearer ${session}` }
      const { token } = (await app.inject({ url: '/api/auth/token', headers })).json<{ token: string }>()
      return { id: user.id, email, session, token }
    },
    async newKey(session, payload) {
      const headers = { authorization: `Bearer ${session}` }
      const response = await app.inject({ method: 'POST', url: '/api/auth/api-key/create', headers, payload })
      return response.json()
    },
    async close() {
      services.feed.close()
      await app.close()
      await mail?.close()
      mailer?.close()
      if (options.database === undefined) await database.close()
    },
  }
  return server
}
