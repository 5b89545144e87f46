import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { eventually, settled, shows } from './rig/page_steps.ts'
import { openStage, type Stage } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

describe.skipIf(chromiumPath === undefined)('the assistant in the web app', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage()
  })
  afterEach(() => stage.leave())
  afterAll(() => stage.close())

  test('it does what is said, links to the task, and what it did is undone', async () => {
    const { page, rest } = await stage.person()
    await page.getByRole('link', { name: 'Assistant' }).click()
    const message = page.getByLabel('Message to the assistant')
    await message.fill('Add a task to buy groceries')
    await message.press('Enter')
    await shows(page, ['Buy groceries'])
    const deeds = page.getByRole('list', { name: 'What the assistant did' })
    await deeds.getByRole('link', { name: 'Buy groceries' }).click()
    await eventually(async () =>
      expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Buy groceries'),
    )
    await page.getByRole('button', { name: 'Undo what the assistant did' }).click()
    await shows(page, [])
    await deeds.getByText('undone').waitFor()
    await settled(page)
    expect(await rest('GET', '/tasks')).toEqual([])
  })

  test('on a narrow window the link leads from the assistant to the task', async () => {
    const { page } = await stage.person({ viewport: { width: 400, height: 800 } })
    await page.getByRole('button', { name: 'Assistant' }).click()
    await page.getByLabel('Message to the assistant').fill('Add a task to buy groceries')
    await page.keyboard.press('Enter')
    const deeds = page.getByRole('list', { name: 'What the assistant did' })
    await deeds.getByRole('link', { name: 'Buy groceries' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await eventually(async () =>
      expect(await page.evaluate(() => document.activeElement?.className)).toContain('row-title'),
    )
  })

  test('a conversation is resumed after a reload, in its order, and deleted', async () => {
    const { page, rest } = await stage.person()
    await page.goto(`${stage.server.url}/#/all/chat`)
    const message = page.getByLabel('Message to the assistant')
    await message.fill('Add a task to call mom')
    await message.press('Enter')
    await page.getByRole('button', { name: 'Undo what the assistant did' }).waitFor()
    await message.fill("What's pending?")
    await message.press('Enter')
    await eventually(async () => expect(await page.locator('.said-assistant:not([aria-busy])').count()).toBe(2))
    const said = await page.locator('.said p').allTextContents()
    expect(said).toHaveLength(4)
    await page.reload()
    await eventually(async () => expect(await page.locator('.said p').allTextContents()).toEqual(said))
    await page.getByRole('button', { name: 'Undo what the assistant did' }).waitFor()
    await page.getByRole('button', { name: 'Conversations' }).click()
    await page.getByRole('button', { name: /^Delete Add a task/ }).click()
    await page.getByRole('button', { name: /^Really delete/ }).click()
    await page.getByText('There is none yet.').waitFor()
    expect(await rest('GET', '/conversations')).toEqual([])
  })

  test('nothing was asked of another host, and no browser complained', () => {
    expect([...stage.hosts]).toEqual([new URL(stage.server.url).host])
    expect(stage.complaints).toEqual([])
  })
})
