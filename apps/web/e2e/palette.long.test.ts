import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { add, box, eventually, focused, row, shows, synced } from './rig/page_steps.ts'
import { openTestApp, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

describe.skipIf(chromiumPath === undefined)('commands and the open task of the web app', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await openTestApp()
  })
  afterEach(() => app.closeWindows())
  afterAll(async () => {
    expect(app.consoleErrors).toEqual([])
    await app.close()
  })

  test('Ctrl+K does by its name what is asked for: to a task, to a view, and anywhere', async () => {
    const { page, rest } = await app.user({ timezoneId: 'UTC' })
    await add(page, 'Call Zoë #home', 'Water the plants')
    await synced(page)
    const find = page.getByRole('combobox', { name: 'Find a task or an action' })
    async function command(text: string): Promise<void> {
      await page.keyboard.press('Control+k')
      await find.fill(text)
      await page.keyboard.press('Enter')
      await find.waitFor({ state: 'detached' })
    }
    await box(page, 'Water the plants').focus()
    await command('prio high')
    await eventually(async () => expect(await focused(page)).toMatch(/Completed: Water the plants/))
    await command('due tomo')
    await page.getByText('“Water the plants” is due Tomorrow').first().waitFor()
    await synced(page)
    expect(await rest('GET', '/tasks?due=upcoming')).toMatchObject([{ title: 'Water the plants', priority: 'high' }])
    await command('undo')
    await page.getByText('Undone: “Water the plants” is as before').first().waitFor()
    await command('zoe')
    await eventually(async () => expect(await focused(page)).toMatch(/Edit Call Zoë/))
    await command('#home')
    await shows(page, ['Call Zoë'])
    await page.keyboard.press('Control+k')
    await find.fill('Buy milk today')
    await page.getByRole('option', { name: 'Add “Buy milk today”' }).click()
    await page.getByText('“Buy milk” was added').first().waitFor()
    await command('settings')
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
  })

  test('a task opens beside the list of a wide window, its links lead out, and its history stands below', async () => {
    const { page, rest } = await app.user()
    await rest('POST', '/tasks', { title: 'Read', description: 'See **this**: https://example.com <img src=x>' })
    await rest('POST', '/tasks', { title: 'Stretch', due_date: '2027-01-31', recurrence: { rule: 'FREQ=MONTHLY' } })
    await page.getByRole('button', { name: 'Edit Read' }).click()
    const pane = page.getByRole('complementary', { name: 'Task' })
    const link = pane.getByRole('link', { name: 'https://example.com' })
    expect(await link.getAttribute('rel')).toContain('noopener')
    expect(await pane.locator('img').count()).toBe(0)
    await row(page, 'Read').waitFor()
    await pane.getByRole('button', { name: 'Edit the description' }).click()
    await page.keyboard.type(' soon')
    await pane.getByRole('link', { name: 'History' }).click()
    await page.getByRole('complementary', { name: 'History' }).getByText('Created').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('complementary', { name: 'History' }).waitFor({ state: 'detached' })
    // Opening another task saves the one in hand.
    await page.getByRole('button', { name: 'Edit Stretch' }).click()
    await eventually(async () => expect(JSON.stringify(await rest('GET', '/tasks?search=soon'))).toContain('this'))
    await pane.getByRole('button', { name: 'Skip to the next day' }).click()
    await synced(page)
    await eventually(async () =>
      expect(await rest('GET', '/tasks?search=Stretch')).toMatchObject([{ due_date: '2027-03-31', version: 2 }]),
    )
    await pane.waitFor({ state: 'detached' })
    await eventually(async () => expect(await focused(page)).toMatch(/Edit Stretch/))
  })
})
