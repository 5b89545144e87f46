import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { findViolations, narrow } from './rig/audit_views.ts'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { sdks } from './rig/mcp_apps.ts'
import { eventually, tabTo } from './rig/page_steps.ts'
import { openTestApp, PASSWORD, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

describe.skipIf(chromiumPath === undefined)('connecting an app', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await openTestApp()
  })
  afterEach(() => app.closeWindows())
  afterAll(async () => {
    expect(app.consoleErrors).toEqual([])
    await app.close()
  })

  const allow = (page: Page) => page.getByRole('button', { name: 'Allow' }).click()

  test.each(Object.keys(sdks))('the official client %s needs only the URL: sign up, consent, done', async (version) => {
    const page = await app.visitor(narrow)
    const email = `new-${version}@example.com`
    const connected = await sdks[version]?.connect(`${app.server.url}/mcp`, async (url) => {
      await page.goto(url)
      await page.getByText('Sign in to connect “Plan B” to your tasks.').waitFor()
      await page.getByRole('button', { name: 'Create an account' }).click()
      await page.getByLabel('Name').fill('New')
      await page.getByLabel('Email').fill(email)
      await page.getByLabel('Password').fill(PASSWORD)
      await page.getByRole('button', { name: 'Create account' }).click()
      await page.getByRole('heading', { name: 'Connect “Plan B”?' }).waitFor()
      await page.getByText('an app on this computer').waitFor()
      await page.getByText(`Signed in as ${email}.`).waitFor()
      expect(await findViolations(page)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
      await allow(page)
      await page.getByText('Back in the app').waitFor()
    })
    expect(await connected?.tools()).toContain('add_task')
    expect(await connected?.addTask('by the app')).toMatchObject({ structuredContent: { status: 'created' } })

    // The user sees the app, disconnects it, and it is refused.
    await page.goto(`${app.server.url}/#/all/keys`)
    await page.getByRole('button', { name: 'Disconnect Plan B' }).click()
    await page.getByRole('button', { name: 'Confirm disconnecting Plan B' }).click()
    await page.getByText('No connected apps yet.').waitFor()
    const outcome = () =>
      connected?.tools().then(
        () => 'let in',
        () => 'refused',
      )
    await eventually(async () => expect(await outcome()).toBe('refused'))
    await connected?.close()
  })

  test('the user may allow reading only, by keyboard alone', async () => {
    const { page } = await app.user()
    const connected = await sdks['2.x']?.connect(`${app.server.url}/mcp`, async (url) => {
      await page.goto(url)
      await page.getByRole('heading', { name: 'Connect “Plan B”?' }).waitFor()
      await tabTo(page, /Read, add/)
      await page.keyboard.press('ArrowDown')
      await tabTo(page, 'Allow')
      await page.keyboard.press('Enter')
      await page.getByText('Back in the app').waitFor()
    })
    expect(await connected?.tools()).not.toContain('add_task')
    expect(await connected?.addTask('no')).toMatchObject({
      isError: true,
      structuredContent: { code: 'scope_insufficient' },
    })
    await connected?.close()
  })

  test('an app that is denied is told, and gets nothing', async () => {
    const { page } = await app.user()
    const connecting = sdks['1.x']?.connect(`${app.server.url}/mcp`, async (url) => {
      await page.goto(url)
      await page.getByRole('button', { name: 'Deny' }).click()
      await page.getByText('Back in the app').waitFor()
    })
    await expect(connecting).rejects.toThrow('access_denied')
  })

  test('another account can be chosen', async () => {
    const { email } = await app.user()
    const { page, email: other } = await app.user()
    // Under the other name of this machine.
    const server = app.server.url.replace('127.0.0.1', 'localhost')
    const connected = await sdks['1.x']?.connect(`${server}/mcp`, async (url) => {
      await page.goto(url)
      await page.getByText(`Signed in as ${other}.`).waitFor()
      await page.getByRole('button', { name: 'Use another account' }).click()
      await page.getByLabel('Email').fill(email)
      await page.getByLabel('Password').fill(PASSWORD)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByText(`Signed in as ${email}.`).waitFor()
      await allow(page)
      await page.getByText('Back in the app').waitFor()
    })
    expect(await connected?.tools()).toContain('add_task')
    await connected?.close()
  })

  test('a request that is refused, or was changed, is explained and leads to no app', async () => {
    const { page } = await app.user()
    const authorize = `${app.server.url}/api/auth/oauth2/authorize?response_type=code&client_id=nobody`
    await page.goto(`${authorize}&redirect_uri=${encodeURIComponent('https://evil.example/')}`)
    await page.getByRole('heading', { name: 'This app cannot be connected' }).waitFor()
    await page.getByText('It is not known here any more.').waitFor()
    expect(await findViolations(page)).toEqual([])

    await page.goto(`${app.server.url}/?client_id=nobody&scope=tasks%3Aread&sig=forged#/connect`)
    await allow(page)
    await page.getByText('This request has expired.').waitFor()
    await eventually(async () => expect(new URL(page.url()).origin).toBe(app.server.url))
  })
})
