import { isDeepStrictEqual } from 'node:util'
import { testDatabase } from '@taskwire/db/testing'
import type { Change } from '../src/log/schema.ts'
import type { Services } from '../src/core/services.ts'
import { reminderLoop } from '../src/reminder/reminder_loop.ts'
import { ApiError } from '../src/errors/api_error.ts'
import type { LoggedTask } from '../src/task/schema.ts'
import type { TokenRules } from '../src/auth/token_rules.ts'
import { servicesOn, type Caller, type TestServices } from './replica.ts'

export { addedDefaults } from './added_defaults.ts'
export { chance, type Chance } from './chance.ts'
export { pushService, type Pushed, type PushService, type SubscribedBrowser } from './push_service.ts'
export { receiver, type Received, type Receiver } from './receiver.ts'
export { newUser, signedToken, TEST_SECRET } from './replica.ts'
export type { Caller, TestReplica, TestServices } from './replica.ts'

/** Services on a migrated database of their own, for one test file. `close` ends all replicas and drops the database. */
export async function testServices(rules: Partial<TokenRules> = {}): Promise<TestServices> {
  return servicesOn(await testDatabase(), rules)
}

/** Fires the reminders that are due at `time`, after those of now are planned. */
export async function fireRemindersAt(services: Services, time: string): Promise<void> {
  for (const now of [new Date(), new Date(time)]) {
    const loop = reminderLoop({ ...services, now: () => now })
    await loop.fireDue()
    await loop.stop()
  }
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
