import { createHmac } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { add, settled, shows } from './rig/page_steps.ts'
import { openStage, PASSWORD, type Person, type Stage } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

const SECRET = 'the trials of the web app sign with this'

/** A token that the server accepts for a few seconds. */
function shortToken(user_id: string, seconds: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: user_id, iat: now, exp: now + seconds })}`
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`
}

describe.skipIf(chromiumPath === undefined)('the end of a session in the web app', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage({ BETTER_AUTH_SECRET: SECRET })
  })
  afterEach(() => stage.leave())
  afterAll(() => stage.close())

  /** On the server, as when it is revoked or too old. */
  const endSessions = ({ id }: Person) =>
    stage.database.pool.query('DELETE FROM taskwire.session WHERE "userId" = $1', [id])

  async function signInAgain({ page, email }: Person): Promise<void> {
    await page.getByText('Your session has ended. What was not sent yet is kept in this browser.').waitFor()
    // Not while the page loads: a request that is stopped for its route when the route goes may never go on.
    await page.unroute('**/trpc/task.create*')
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  /** Something is written that does not reach the server. */
  async function leaveWaiting({ page }: Person): Promise<void> {
    await page.route('**/trpc/task.create*', (route) => route.abort())
    await add(page, 'Waits')
    await page.getByText('1 change waits').waitFor()
  }

  test('a token that ends is replaced by another, and nobody notices', async () => {
    const { page, id, rest } = await stage.person()
    let given = 0
    await page.route('**/api/auth/token', (route) =>
      given++ === 0 ? route.fulfill({ json: { token: shortToken(id, 1) } }) : route.continue(),
    )
    await page.reload()
    await settled(page)
    await expect.poll(() => given, { timeout: 20_000 }).toBe(2)
    await add(page, 'Later')
    await settled(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Later' }])
    await rest('POST', '/tasks', { title: 'By a script' })
    await shows(page, ['By a script', 'Later'])
  })

  test('a session that ends in the middle of things leads to the door, and what waits is sent after it', async () => {
    const person = await stage.person()
    const { page, id, rest } = person
    let given = 0
    await page.route('**/api/auth/token', (route) =>
      given++ === 0 ? route.fulfill({ json: { token: shortToken(id, 1) } }) : route.continue(),
    )
    await page.reload()
    await settled(page)
    await leaveWaiting(person)
    await endSessions(person)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor({ timeout: 30_000 })
    await signInAgain(person)
    await shows(page, ['Waits'])
    await settled(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Waits', version: 1 }])
  })

  test('a session that ended while nobody was there is said so, and what waits is sent after it', async () => {
    const person = await stage.person()
    const { page, rest } = person
    await leaveWaiting(person)
    await endSessions(person)
    await page.reload()
    await signInAgain(person)
    await shows(page, ['Waits'])
    await settled(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Waits', version: 1 }])
  })

  test('who signs out does so in every tab, and the next one finds nothing', async () => {
    const { page, context } = await stage.person()
    const other = await context.newPage()
    await other.goto(stage.server.url)
    await settled(other)
    await add(other, 'Private')
    await settled(other)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await other.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await other.getByText('Your session has ended').count()).toBe(0)
    const kept = await page.evaluate(async () => {
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
    expect(kept).toEqual([])
  })

  test('who signs out without a connection is out when it is back', async () => {
    const { page, context } = await stage.person()
    await settled(page)
    await context.setOffline(true)
    await page.getByText('Offline').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await context.setOffline(false)
    await page.reload()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    const { status } = await page.evaluate(async () => ({ status: (await fetch('/api/auth/token')).status }))
    expect(status).toBe(401)
  })
})
