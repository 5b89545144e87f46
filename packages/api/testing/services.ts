import { isDeepStrictEqual } from 'node:util'
import { openDatabase, type Database } from '@taskwire/db'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { SignJWT } from 'jose'
import { changeFeed } from '../src/log/feed.ts'
import type { Change } from '../src/log/schema.ts'
import type { Context } from '../src/core/context.ts'
import type { Services } from '../src/core/services.ts'
import { cursorCodec } from '../src/core/cursor.ts'
import { reminderFeed } from '../src/reminder/feed.ts'
import { reminderLoop } from '../src/reminder/reminder_loop.ts'
import { ApiError } from '../src/errors/api_error.ts'
import { createCaller } from '../src/router.ts'
import type { LoggedTask } from '../src/task/schema.ts'
import { tokenVerifier } from '../src/auth/token.ts'
import type { TokenRules } from '../src/auth/token_rules.ts'

export { addedDefaults } from './added_defaults.ts'
export { receiver, type Received, type Receiver } from './receiver.ts'
export { chance, type Chance } from './chance.ts'

/** The secret that the tests sign tokens with, and that the services of `testServices` accept. */
export const TEST_SECRET = new TextEncoder().encode('only the tests sign with this secret')

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
  readonly database: TestDatabase
  /** Another process on the same database, with its own pool, feed and cache of tokens. */
  replica(): TestReplica
  /** Everything that was logged: unexpected errors and warnings. */
  readonly logged: { details: object; message: string }[]
}

/** Services on a migrated database of their own, for one test file. `close` ends all replicas and drops the database. */
export async function testServices(rules: Partial<TokenRules> = {}): Promise<TestServices> {
  const database = await testDatabase()
  const logged: TestServices['logged'] = []
  const replicas: TestReplica[] = []
  const first = replicaOn(database, rules, logged)
  return {
    ...first,
    database,
    logged,
    replica() {
      const replica = replicaOn(openDatabase({ url: database.url, poolMax: 10 }), rules, logged)
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
  const context: TestReplica['context'] = async (user_id, overrides) => ({
    services,
    via: 'trpc',
    request_id: 'test',
    token: await signedToken({ sub: user_id }),
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

/** Fires the reminders that are due at `time`, after those of now are planned. */
export async function fireRemindersAt(services: Services, time: string): Promise<void> {
  for (const now of [new Date(), new Date(time)]) {
    const loop = reminderLoop({ ...services, now: () => now })
    await loop.fireDue()
    await loop.stop()
  }
}

/** A token that is signed with the shared secret (HS256). It expires in an hour unless the claims say otherwise. */
export async function signedToken(claims: Record<string, unknown>, secret: Uint8Array = TEST_SECRET): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({ iat: now, exp: now + 3600, ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(secret)
}

/** The `ApiError` that a call rejects with. Any other error, or a result, fails the test. */
export async function apiErrorOf(call: Promise<unknown>): Promise<ApiError> {
  try {
    const result = await call
    throw new Error(`expected an ApiError, got ${JSON.stringify(result)}`)
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
}

let users = 0
/** A user id that no other test of the file uses. */
export function newUser(): string {
  return `user-${++users}`
}

/**
 * The inconsistencies in a log that starts with its user's first change: gaps, and changes whose `before` is not the
 * `after` of the change before. Empty for a consistent log.
 */
export function brokenLinks(changes: readonly Change[]): string[] {
  const tasks = new Map<number, { task: LoggedTask | null; version: number }>()
  return changes.flatMap(({ seq, task_id, kind, before, after }, index) => {
    const last = tasks.get(task_id) ?? { task: null, version: 0 }
    const version = last.version + 1
    tasks.set(task_id, { task: after, version })
    return [
      seq !== index + 1 && `${seq} is at position ${index + 1}`,
      !isDeepStrictEqual(before, last.task) && `${seq} does not start from what the change before it left`,
      (kind === 'created') !== (version === 1) && `${seq} is ${kind} at version ${version}`,
      (kind === 'deleted') !== (after === null) && `${seq} is ${kind} and leaves ${JSON.stringify(after)}`,
      after !== null && after.version !== version && `${seq} leaves version ${after.version}, not ${version}`,
    ].filter((broken) => broken !== false)
  })
}

/** A user's whole log. */
export async function wholeLog({ change }: Pick<Caller, 'change'>): Promise<Change[]> {
  const changes: Change[] = []
  for (let more = true, since = 0; more;) {
    const page = await change.list({ since, limit: 200 })
    changes.push(...page.changes)
    more = page.has_more
    since = page.next
  }
  return changes
}
