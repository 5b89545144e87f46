import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { add, eventually, shows, synced } from './rig/page_steps.ts'
import { openTestApp, PASSWORD, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

describe.skipIf(chromiumPath === undefined)('the installed and the printed app', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await openTestApp()
  })
  afterEach(() => app.closeWindows())
  afterAll(() => app?.close())

  test('Chromium finds nothing that keeps it from being installed', async () => {
    const { page, context } = await app.user()
    await page.evaluate(() => navigator.serviceWorker.ready)
    const devtools = await context.newCDPSession(page)
    const { errors, url } = await devtools.send('Page.getAppManifest')
    expect(errors).toEqual([])
    const manifest: { icons: { src: string }[] } = await (await page.request.get(url)).json()
    for (const { src } of manifest.icons) {
      expect((await page.request.get(`${app.server.url}${src}`)).status(), src).toBe(200)
    }
    await eventually(async () => {
      const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors')
      // A context of a test is a private window.
      const problems = installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')
      expect(problems).toEqual([])
    })
  })

  test('what another app shares becomes a task that is half typed, once', async () => {
    const { page } = await app.user()
    await page.goto(`${app.server.url}/?title=An%20article&url=https%3A%2F%2Fexample.com%2Fa`)
    const field = page.getByLabel('New task')
    await eventually(async () => expect(await field.inputValue()).toBe('An article https://example.com/a'))
    expect(new URL(page.url()).search).toBe('')
    await field.press('Enter')
    await page.reload()
    await field.waitFor()
    await eventually(async () => expect(await field.inputValue()).toBe(''))
  })

  test('another person who signs in after a session ended finds nothing of the last one', async () => {
    const { page, context, email } = await app.user()
    const { email: other } = await app.user()
    await add(page, 'Private')
    await synced(page)
    await page.getByLabel('New task').fill('Half typed')
    await context.clearCookies()
    await page.reload()
    await page.getByText('Your session has expired').waitFor()
    await page.getByLabel('Email').fill(other)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('No tasks yet').waitFor()
    await eventually(async () => expect(await page.getByLabel('New task').inputValue()).toBe(''))
    await eventually(async () => expect(await page.evaluate(storedTitles)).toEqual([]))
    const stored = await page.evaluate(() => JSON.stringify(localStorage))
    expect(stored).not.toContain('Half typed')
    expect(stored).not.toContain(email)
  })

  test('print has every task of the view, and nothing around it', async () => {
    const { page } = await app.user()
    await page.setViewportSize({ width: 1200, height: 500 })
    const wanted = Array.from({ length: 60 }, (_, index) => `Task ${index + 1}`)
    await add(page, ...wanted)
    await synced(page)
    expect(await printed(page)).toEqual(wanted.toReversed())
    await eventually(async () => expect(await page.locator('.paper').count()).toBe(0))
    await shows(page, await page.locator('.list .row-name').allTextContents())
  })
})

/** The titles that are visible while the page is printed. */
async function printed(page: Page): Promise<string[]> {
  await page.emulateMedia({ media: 'print' })
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
  const titles = await page.locator('.paper-name').allTextContents()
  expect(await page.locator('.paper-name').last().isVisible()).toBe(true)
  for (const around of ['.sidebar', '.top', '.list']) expect(await page.locator(around).isVisible(), around).toBe(false)
  await page.evaluate(() => dispatchEvent(new Event('afterprint')))
  await page.emulateMedia({ media: 'screen' })
  return titles
}

/** The titles of the tasks that this browser stores, whoever's they are. */
async function storedTitles(): Promise<string[]> {
  const opening = indexedDB.open('taskwire')
  const database = await new Promise<IDBDatabase>((resolve) => {
    opening.addEventListener('success', () => resolve(opening.result))
  })
  const reading = database.transaction('task').objectStore('task').getAll()
  const tasks = await new Promise<{ title: string }[]>((resolve) => {
    reading.addEventListener('success', () => resolve(reading.result))
  })
  database.close()
  return tasks.map(({ title }) => title)
}
