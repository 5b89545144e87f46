import { openDatabase, type Database } from '@taskwire/db'
import { SignJWT } from 'jose'
import { changeFeed } from '../src/log/feed.ts'
import { reminderFeed } from '../src/reminder/feed.ts'
import type { Context } from '../src/core/context.ts'
import type { Services } from '../src/core/services.ts'
import { cursorCodec } from '../src/core/cursor.ts'
import { createCaller } from '../src/router.ts'
import { tokenVerifier } from '../src/auth/token.ts'
import type { TokenRules } from '../src/auth/token_rules.ts'

/** The secret that the tests sign tokens with, and that the services of `testServices` accept. */
export const TEST_SECRET = new TextEncoder().encode('only the tests sign with this secret')

/** As patient as the test's own database. */
const WAIT_MS = 60_000

export type Caller = ReturnType<typeof createCaller>

/** One server process on the test's database: its services, and callers with properly signed tokens. */
export interface TestReplica {
  readonly services: Services
  readonly database: Database
  /** Calls procedures as `user_id`, by the transport `via` (default: trpc). */
  caller(user_id: string, overrides?: Partial<Context>): Caller
  context(user_id: string, overrides?: Partial<Context>): Promise<Context>
  close: () => Promise<void>
}

export interface TestServices extends TestReplica {
  readonly database: Database & { readonly url: string }
  /** Another process on the same database, with its own pool, feed and cache of tokens. */
  replica(): TestReplica
  /** Everything that was logged: unexpected errors and warnings. */
  readonly logged: { details: object; message: string }[]
}

/** Services on a test's database. `close` ends all replicas, and closes the database. */
export function servicesOn(database: TestServices['database'], rules: Partial<TokenRules> = {}): TestServices {
  const logged: TestServices['logged'] = []
  const replicas: TestReplica[] = []
  const first = replicaOn(database, rules, logged)
  return {
    ...first,
    database,
    logged,
    replica() {
      const replica = replicaOn(openDatabase({ url: database.url, poolMax: 10, waitMs: WAIT_MS }), rules, logged)
      replicas.push(replica)
      return replica
    },
    async close() {
      await Promise.all(replicas.map((replica) => replica.close()))
      await first.close()
    },
  }
}

function replicaOn(database: Database, rules: Partial<TokenRules>, logged: TestServices['logged']): TestReplica {
  const note = (details: object, message: string) => void logged.push({ details, message })
  const log = { error: note, warn: note }
  const { db, sql, snapshots, transact, isWritable } = database
  const reminders = reminderFeed({ sql, log }, { pollMs: 100 })
  const services: Services = {
    db,
    sql,
    snapshots,
    transact,
    isWritable,
    log,
    tokens: tokenVerifier({ secret: TEST_SECRET, ...rules }),
    cursors: cursorCodec(TEST_SECRET),
    feed: changeFeed({ db, log, pollMs: 50 }),
    reminders,
  }
  const token = tokens()
  const context: TestReplica['context'] = async (user_id, overrides) => ({
    services,
    via: 'trpc',
    request_id: 'test',
    token: await token(user_id),
    ...overrides,
  })
  let closed = false
  return {
    services,
    database,
    context,
    caller: (user_id, overrides) => createCaller(() => context(user_id, overrides)),
    async close() {
      if (closed) return
      closed = true
      services.feed.close()
      reminders.close()
      await database.close()
    },
  }
}

/** A token that is signed with the shared secret (HS256). It expires in an hour unless the claims say otherwise. */
export async function signedToken(claims: Record<string, unknown>, secret: Uint8Array = TEST_SECRET): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({ iat: now, exp: now + 3600, ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(secret)
}

/** `signedToken` for users. Two of the same second are the same token, which is signed once: a file makes thousands of calls. */
function tokens(): (user_id: string) => Promise<string> {
  const signed = new Map<string, { second: number; token: Promise<string> }>()
  return (sub) => {
    const second = Math.floor(Date.now() / 1000)
    const last = signed.get(sub)
    if (last?.second === second) return last.token
    const token = signedToken({ sub })
    signed.set(sub, { second, token })
    return token
  }
}

let users = 0
/** A user id that no other test of the file uses. */
export function newUser(): string {
  return `user-${++users}`
}
