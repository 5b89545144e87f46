import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { box, eventually, focused, historyPanel, synced, shows, tabTo, titles } from './rig/page_steps.ts'
import { openTestApp, PASSWORD, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

describe.skipIf(chromiumPath === undefined)('the accessibility of the web app', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await openTestApp()
  })
  afterEach(() => app.closeWindows())
  afterAll(() => app.close())

  test('every action works by keyboard alone', async () => {
    const page = await app.visitor()
    const keys = async (...pressed: string[]) => {
      for (const key of pressed) await page.keyboard.press(key)
    }
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await tabTo(page, 'Create an account')
    await keys('Enter')
    await page.getByRole('heading', { name: 'Create your account' }).waitFor()
    await page.getByLabel('Name').focus()
    await page.keyboard.type('Keys')
    await keys('Tab')
    await page.keyboard.type('keys@example.com')
    await keys('Tab')
    await page.keyboard.type(PASSWORD)
    await keys('Enter')
    await page.getByText('These tasks show how it works.').waitFor()
    await tabTo(page, 'Remove the samples')
    await keys('Enter')
    await page.getByText('No tasks yet').waitFor()
    await eventually(async () => expect(await focused(page)).toContain('New task'))

    await keys('Shift+Tab', 'n')
    await eventually(async () => expect(await focused(page)).toContain('New task'))
    for (const title of ['First', 'Second', 'Third']) {
      await page.keyboard.type(title)
      await keys('Enter')
    }
    await shows(page, ['Third', 'Second', 'First'])
    await synced(page)
    await keys('Tab', 'Tab', 'Tab', 'Tab', 'Space')
    // A row that was completed by keyboard stays as long as it has the focus.
    await eventually(async () => expect(await box(page, 'Third').isChecked()).toBe(true))
    await keys('ArrowDown')
    await shows(page, ['Second', 'First'])
    await eventually(async () => expect(await focused(page)).toContain('Completed: Second'))
    await keys('ArrowDown', 'e')
    await page.getByLabel('Title').waitFor()
    await keys('Control+a')
    await page.keyboard.type('First, changed')
    await keys('Enter')
    await shows(page, ['Second', 'First, changed'])
    await eventually(async () => expect(await focused(page)).toContain('First, changed'))
    await keys('Home', 'Delete')
    await shows(page, ['First, changed'])
    await eventually(async () => expect(await focused(page)).toContain('First, changed'))
    await synced(page)
    await keys('Control+z')
    await shows(page, ['Second', 'First, changed'])

    await keys('h')
    await historyPanel(page).waitFor()
    await keys('Escape')
    await historyPanel(page).waitFor({ state: 'detached' })
    await keys('?')
    await page.getByRole('dialog', { name: 'Keyboard help' }).waitFor()
    await keys('Escape')
    await page.getByRole('dialog', { name: 'Keyboard help' }).waitFor({ state: 'detached' })
    await keys('4')
    await shows(page, ['Third'])
    await keys('3', '/')
    await page.keyboard.type('sec')
    await shows(page, ['Second'])
    await keys('Escape')
    await eventually(async () => expect(await titles(page)).toHaveLength(2))
  })

  test('single-key shortcuts do nothing once they are switched off', async () => {
    const { page } = await app.user()
    await page.getByRole('link', { name: 'Keyboard help' }).click()
    await page.getByLabel('Enable single-key shortcuts').uncheck()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('2')
    await page.keyboard.press('n')
    expect(await page.title()).toBe('All tasks · Taskwire')
    expect(await focused(page)).not.toContain('New task')
  })
})
