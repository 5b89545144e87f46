import { changeFeed, cursorCodec, rateLimit, tokenVerifier, type Services } from '@taskwire/api'
import type { FastifyBaseLogger } from 'fastify'
import { configuredAssistant } from '../assistant/configured.ts'
import { createSignIn, type SignIn } from '../auth/sign_in.ts'
import { migratedDatabase } from './database.ts'
import type { Env } from '../config/env.ts'
import { sharedSecret } from '../config/secret.ts'
import type { Closing } from './stop.ts'

export interface Opened {
  readonly services: Services
  readonly signIn: SignIn
}

/** What a process shares over all calls, on the configured database. What it opens it adds to `open`. */
export async function openServices(env: Env, log: FastifyBaseLogger, open: Closing): Promise<Opened> {
  const secret = await sharedSecret(env)
  const database = await migratedDatabase(env, (message) => log.info(message))
  open.add(() => database.close())
  const { db, sql } = database
  const signIn = createSignIn({ db, env, secret, log })
  const { issuers, apiKey } = signIn
  const services: Services = {
    db,
    sql,
    tokens: tokenVerifier({ secret, allowNonExpiring: env.AUTH_ALLOW_NON_EXPIRING, issuers, apiKey }),
    cursors: cursorCodec(secret),
    feed: changeFeed({ db, log }),
    log,
    assistant: configuredAssistant(env),
    calls: env.RATE_LIMIT_API === 0 ? undefined : rateLimit({ limit: env.RATE_LIMIT_API }),
  }
  return { services, signIn }
}
