import { createHmac } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { add, eventually, setOffline, shows, synced } from './rig/page_steps.ts'
import { openTestApp, PASSWORD, type TestUser, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

const SECRET = 'the tests of the web app sign with this'

/** A token that the server accepts for a few seconds. */
function shortToken(user_id: string, seconds: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: user_id, iat: now, exp: now + seconds })}`
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`
}

describe.skipIf(chromiumPath === undefined)('the end of a session in the web app', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await openTestApp({ BETTER_AUTH_SECRET: SECRET })
  })
  afterEach(() => app.closeWindows())
  afterAll(() => app.close())

  /** Ends the sessions on the server, as if they were revoked or too old. */
  const endSessions = ({ id }: TestUser) =>
    app.database.pool.query('DELETE FROM taskwire.session WHERE "userId" = $1', [id])

  async function signInAgain({ page, email }: TestUser): Promise<void> {
    await page.getByText('Your session has expired. Unsent changes are kept in this browser.').waitFor()
    // Not while the page loads: a request that waits for its route may never continue once the route is removed.
    await page.unroute('**/trpc/task.create*')
    await page.getByLabel('Email').fill(email)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  /** Makes a write that does not reach the server. */
  async function leaveWaiting({ page }: TestUser): Promise<void> {
    await page.route('**/trpc/task.create*', (route) => route.abort())
    await add(page, 'Waits')
    await page.getByText('1 change waiting').waitFor()
  }

  test('an expired token is replaced without interrupting the user', async () => {
    const { page, id, rest } = await app.user()
    let tokens = 0
    await page.route('**/api/auth/token', (route) =>
      tokens++ === 0 ? route.fulfill({ json: { token: shortToken(id, 1) } }) : route.continue(),
    )
    await page.reload()
    await synced(page)
    await eventually(() => Promise.resolve(expect(tokens).toBeGreaterThanOrEqual(2)))
    await add(page, 'Later')
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Later' }])
    await rest('POST', '/tasks', { title: 'By a script' })
    await shows(page, ['By a script', 'Later'])
  })

  test('a session that ends during use leads to the sign-in page, and waiting writes are sent after signing in', async () => {
    const user = await app.user()
    const { page, id, rest } = user
    let hasEnded = false
    // Each lasts for seconds, however long the rest takes: the server's own are good for minutes after their session.
    await page.route('**/api/auth/token', (route) =>
      hasEnded ? route.continue() : route.fulfill({ json: { token: shortToken(id, 1) } }),
    )
    await page.reload()
    await synced(page)
    await leaveWaiting(user)
    await endSessions(user)
    hasEnded = true
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await signInAgain(user)
    await shows(page, ['Waits'])
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Waits', version: 1 }])
  })

  test('a session that ended before the page was opened shows a message, and waiting writes are sent after signing in', async () => {
    const user = await app.user()
    const { page, rest } = user
    await leaveWaiting(user)
    await endSessions(user)
    await page.reload()
    await signInAgain(user)
    await shows(page, ['Waits'])
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Waits', version: 1 }])
  })

  test('signing out applies to every tab and removes all stored data', async () => {
    const { page, context } = await app.user()
    const other = await context.newPage()
    await other.goto(`${app.server.url}/#/all`)
    await synced(other)
    await add(other, 'Private')
    await synced(other)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await other.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await other.getByText('Your session has expired').count()).toBe(0)
    const stored = () =>
      page.evaluate(async () => {
        const database = await new Promise<IDBDatabase>((resolve, reject) => {
          const request = indexedDB.open('taskwire')
          request.addEventListener('success', () => resolve(request.result))
          request.addEventListener('error', () => reject(new Error('not opened')))
        })
        return new Promise((resolve) => {
          const all = database.transaction('task').objectStore('task').getAll()
          all.addEventListener('success', () => resolve(all.result))
        })
      })
    // The other tab removes what it has stored since.
    await eventually(async () => expect(await stored()).toEqual([]))
  })

  test('signing out without a connection also ends the session on the server later', async () => {
    const { page, context } = await app.user()
    await synced(page)
    await setOffline({ context }, true)
    await page.getByText('Offline').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await setOffline({ context }, false)
    await page.reload()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    const { status } = await page.evaluate(async () => ({ status: (await fetch('/api/auth/token')).status }))
    expect(status).toBe(401)
  })
})
