import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { eventually, focused } from './rig/page_steps.ts'
import { openTestApp, PASSWORD, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

describe.skipIf(chromiumPath === undefined)('the pages of somebody who is not signed in', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await openTestApp()
  })
  afterEach(() => app.closeWindows())
  afterAll(() => app?.close())

  test('the first page says what this is and leads to the documentation, and signing up has an address', async () => {
    const page = await app.visitor()
    await page.getByText('One task list for you, your scripts and your agents.').waitFor()
    await page.getByRole('img', { name: 'A task list, connected to' }).waitFor()
    const docs = await page.getByRole('link', { name: 'API documentation' }).getAttribute('href')
    expect((await page.request.get(`${app.server.url}${docs ?? ''}`)).status()).toBe(200)
    await page.getByRole('link', { name: 'Create an account' }).click()
    await page.getByRole('heading', { name: 'Create your account' }).waitFor()
    expect(new URL(page.url()).hash).toBe('#/sign-up')
    await eventually(async () => expect(await page.title()).toBe('Create your account · Taskwire'))
    await page.goBack()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  })

  test('what is typed is judged before it is sent, and the focus moves to the first mistake', async () => {
    const page = await app.visitor()
    const calls: string[] = []
    page.on('request', (request) => calls.push(new URL(request.url()).pathname))
    await page.goto(`${app.server.url}/#/sign-up`)
    await page.getByLabel('Name').fill('Ann')
    await page.getByLabel('Email').fill('ann@example')
    await page.getByLabel('Password').fill('short')
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByText('Enter a valid email address.').waitFor()
    await page.getByText('The password must have at least 8 characters.').waitFor()
    await eventually(async () => expect(await focused(page)).toContain('Email'))
    expect(calls.filter((path) => path.includes('/sign-up'))).toEqual([])
  })

  test('a link for a new password changes it once, and ends every session', async () => {
    const user = await app.user()
    const page = await app.visitor()
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    await page.getByLabel('Email').fill(user.email)
    await page.getByRole('button', { name: 'Send the link' }).click()
    await page.getByText('a link is on its way').waitFor()

    const token = 'a-token-of-this-test'
    await app.database.pool.query(
      `INSERT INTO taskwire.verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt")
       VALUES ('one', $1, $2, now() + interval '1 hour', now(), now())`,
      [`reset-password:${token}`, user.id],
    )
    const link = `${app.server.url}/#/reset-password?token=${token}`
    await page.goto(link)
    await page.getByLabel('New password').fill('another battery staple')
    await page.getByRole('button', { name: 'Change the password' }).click()
    await page.getByText('Your password is changed').waitFor()
    await page.getByRole('link', { name: 'Back to sign in' }).click()
    await page.getByLabel('Email').fill(user.email)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Incorrect email or password.').waitFor()
    await page.getByLabel('Password').fill('another battery staple')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Today' }).waitFor()
    await user.page.reload()
    await user.page.getByRole('heading', { name: 'Sign in' }).waitFor()

    await page.goto(link)
    await page.getByLabel('New password').fill('a third battery staple')
    await page.getByRole('button', { name: 'Change the password' }).click()
    await page.getByText('This link has been used').waitFor()
  })
})
