import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { eventually, synced, shows } from './rig/page_steps.ts'
import { openTestApp, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

describe.skipIf(chromiumPath === undefined)('the assistant in the web app', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await openTestApp()
  })
  afterEach(() => app.closeWindows())
  afterAll(() => app.close())

  test('it adds a task, links to it, and its changes are undone', async () => {
    const { page, rest } = await app.user()
    await page.getByRole('link', { name: 'Assistant' }).click()
    const message = page.getByLabel('Message to the assistant')
    await message.fill('Add a task to buy groceries')
    await message.press('Enter')
    await shows(page, ['Buy groceries'])
    const summary = page.getByRole('list', { name: 'Changes by the assistant' })
    await summary.getByRole('link', { name: 'Buy groceries' }).click()
    await eventually(async () =>
      expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Buy groceries'),
    )
    await page.getByRole('button', { name: 'Undo these changes' }).click()
    await shows(page, [])
    await summary.getByText('undone').waitFor()
    await synced(page)
    expect(await rest('GET', '/tasks')).toEqual([])
  })

  test('in a narrow window the link leads from the assistant to the task', async () => {
    const { page } = await app.user({ viewport: { width: 400, height: 800 } })
    await page.getByRole('button', { name: 'Assistant' }).click()
    await page.getByLabel('Message to the assistant').fill('Add a task to buy groceries')
    await page.keyboard.press('Enter')
    const summary = page.getByRole('list', { name: 'Changes by the assistant' })
    await summary.getByRole('link', { name: 'Buy groceries' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await eventually(async () =>
      expect(await page.evaluate(() => document.activeElement?.className)).toContain('row-title'),
    )
  })

  test('a conversation is shown again after a reload, in order, and deleted', async () => {
    const { page, rest } = await app.user()
    await page.goto(`${app.server.url}/#/all/chat`)
    const message = page.getByLabel('Message to the assistant')
    await message.fill('Add a task to call mom')
    await message.press('Enter')
    await page.getByRole('button', { name: 'Undo these changes' }).waitFor()
    await message.fill("What's pending?")
    await message.press('Enter')
    await eventually(async () => expect(await page.locator('.bubble-assistant:not([aria-busy])').count()).toBe(2))
    const texts = await page.locator('.bubble p').allTextContents()
    expect(texts).toHaveLength(4)
    await page.reload()
    await eventually(async () => expect(await page.locator('.bubble p').allTextContents()).toEqual(texts))
    await page.getByRole('button', { name: 'Undo these changes' }).waitFor()
    await page.getByRole('button', { name: 'Conversations' }).click()
    await page.getByRole('button', { name: /^Delete Add a task/ }).click()
    await page.getByRole('button', { name: /^Confirm deletion of/ }).click()
    await page.getByText('No conversations yet.').waitFor()
    expect(await rest('GET', '/conversations')).toEqual([])
  })

  test('no request went to another host, and no browser logged an error', () => {
    expect([...app.hosts]).toEqual([new URL(app.server.url).host])
    expect(app.consoleErrors).toEqual([])
  })
})
