import { ownTestDatabase } from '@taskwire/db/own-testing'
import type { TokenRules } from '../src/auth/token_rules.ts'
import { servicesOn, type TestServices } from './replica.ts'

export { newUser, signedToken, TEST_SECRET } from './replica.ts'
export type { Caller, TestReplica, TestServices } from './replica.ts'

/**
 * Services on an empty, migrated PostgreSQL database of their own, for one test file: on an embedded server that the test
 * files of a project share, or on the server that the environment variable TEST_DATABASE_URL names.
 *
 * @throws DatabaseStartupError if the server cannot be started or reached.
 * @example
 * const { caller, close } = await testServices()
 * afterAll(close)
 * test('a task is created', async () => {
 *   expect(await caller('ann').task.create({ title: 'Buy milk' })).toMatchObject({ version: 1 })
 * })
 */
export async function testServices(rules: Partial<TokenRules> = {}): Promise<TestServices> {
  return servicesOn(await ownTestDatabase(process.env['TEST_DATABASE_URL']), rules)
}
