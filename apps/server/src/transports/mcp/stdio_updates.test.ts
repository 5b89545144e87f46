import { Server } from '@modelcontextprotocol/server'
import { ApiError, type ErrorCode } from '@taskwire/api'
import { newUser, signedToken, testServices, type TestServices } from '@taskwire/api/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { resourceUpdates } from './stdio_updates.ts'

let fixture: TestServices
beforeAll(async () => {
  fixture = await testServices()
})
afterAll(() => fixture.close())

/** A server that keeps what it would send. */
class Recorder extends Server {
  readonly sent: string[] = []

  override async sendResourceUpdated({ uri }: { uri: string }): Promise<void> {
    this.sent.push(uri)
  }
}

const recorder = () => new Recorder({ name: 'test', version: '1' })
const patiently = { timeout: 80_000, interval: 200 }

test('updates go on when the stream of changes has ended, as after a day', async () => {
  const user = newUser()
  const { id } = await fixture.caller(user).task.create({ title: 'Watched' })
  const principal = await fixture.services.tokens.verify(await signedToken({ sub: user }))
  let verified = 0
  // The first stream ends at once.
  const updates = resourceUpdates(fixture.services, async () => (verified++ === 0 ? ended(principal) : principal))
  const server = recorder()
  updates.subscribed.add(`taskwire://tasks/${id}`)
  updates.to(server, 'legacy')
  // It may have changed meanwhile.
  await expect.poll(() => server.sent.length, patiently).toBeGreaterThan(0)
  const before = server.sent.length
  const changeAndCount = async () => {
    await fixture.caller(user).task.update({ task_id: id, title: 'Changed' })
    return server.sent.length
  }
  await expect.poll(changeAndCount, patiently).toBeGreaterThan(before + 1)
  updates.stop()
  await expect.poll(() => fixture.services.feed.subscriptions(), patiently).toBe(0)
})

test('an interruption is logged once, however often it is tried again, and its end as well', async () => {
  const principal = await fixture.services.tokens.verify(await signedToken({ sub: newUser() }))
  const logged: string[] = []
  const note = (_details: object, message: string) => void logged.push(message)
  let attempts = 0
  const updates = resourceUpdates({ feed: fixture.services.feed, log: { error: note, warn: note } }, async () => {
    if (++attempts <= 3) throw new Error('the database is away')
    return principal
  })
  updates.to(recorder(), 'legacy')
  await expect.poll(() => logged.at(-1), patiently).toBe('updates go on')
  expect([attempts, logged]).toEqual([4, ['updates are interrupted', 'updates go on']])
  updates.stop()
  await expect.poll(() => fixture.services.feed.subscriptions(), patiently).toBe(0)
})

test('with a key that is not valid any more they end, and with a database that does not answer they do not', async () => {
  const attempts = { api_key_invalid: 0, overloaded: 0 }
  const follow = (code: ErrorCode & keyof typeof attempts) => {
    const authorize = async () => {
      attempts[code]++
      throw new ApiError(code)
    }
    const updates = resourceUpdates(fixture.services, authorize, { resumeAfterMs: 1 })
    updates.to(recorder(), 'legacy')
    return updates
  }
  const [ended, interrupted] = [follow('api_key_invalid'), follow('overloaded')]
  await expect.poll(() => attempts.overloaded).toBeGreaterThan(5)
  expect(attempts.api_key_invalid).toBe(1)
  ended.stop()
  interrupted.stop()
})

function ended<P extends object>(principal: P) {
  return { ...principal, expires_at: 0 }
}
