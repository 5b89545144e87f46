import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { modelServer, type ModelServer } from './rig/model_server.ts'
import { add, eventually, settled } from './rig/page_steps.ts'
import { openStage, type Stage } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

describe.skipIf(chromiumPath === undefined)('the assistant in the web app, with a model that has its days', () => {
  let model: ModelServer
  let stage: Stage
  beforeAll(async () => {
    model = await modelServer()
    stage = await openStage({ OPENAI_BASE_URL: model.url })
  })
  afterEach(() => stage.leave())
  afterAll(async () => {
    await stage.close()
    model.close()
  })

  const said = (page: Page) => page.locator('.said > p').allTextContents()

  async function ask(page: Page, message: string): Promise<void> {
    await page.getByLabel('Message to the assistant').fill(message)
    await page.keyboard.press('Enter')
  }

  test('what fails is said in words, the question stays, and the conversation goes on', async () => {
    const { page, rest } = await stage.person()
    await page.getByRole('link', { name: 'Assistant' }).click()
    model.mood = 'broken'
    await ask(page, 'Are you there?')
    // The client repeats it twice, as the server says that it may.
    await page.getByText('The model does not answer.').waitFor({ timeout: 30_000 })
    await eventually(async () => expect(await said(page)).toEqual(['Are you there?']))
    model.mood = 'prompt'
    await ask(page, 'And now?')
    await eventually(async () => expect(await said(page)).toEqual(['Are you there?', 'And now?', 'Here I am.']))
    expect(await page.locator('.talk .problem').count()).toBe(0)
    expect(await rest('GET', '/conversations')).toHaveLength(1)
  })

  test('an answer is stopped, and the next question need not wait for it', async () => {
    const { page, rest } = await stage.person()
    await page.getByRole('link', { name: 'Assistant' }).click()
    model.mood = 'silent'
    const before = model.asked()
    await ask(page, 'Take your time')
    await expect.poll(() => model.asked()).toBe(before + 1)
    await page.getByRole('img', { name: 'Working' }).waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByRole('button', { name: 'Send' }).waitFor()
    await eventually(async () => expect(await said(page)).toEqual(['Take your time']))
    model.mood = 'prompt'
    await ask(page, 'Hello?')
    await eventually(async () => expect(await said(page)).toEqual(['Take your time', 'Hello?', 'Here I am.']))
    expect(await rest('GET', '/conversations')).toHaveLength(1)
  })

  test('who leaves a conversation while it answers finds another as it is', async () => {
    const { page } = await stage.person()
    await page.getByRole('link', { name: 'Assistant' }).click()
    model.mood = 'prompt'
    await ask(page, 'Hello?')
    await eventually(async () => expect(await said(page)).toEqual(['Hello?', 'Here I am.']))
    model.mood = 'silent'
    const before = model.asked()
    await ask(page, 'Take your time')
    await expect.poll(() => model.asked()).toBe(before + 1)
    await page.getByRole('button', { name: 'New conversation' }).click()
    await page.getByText('Say what you want done').waitFor()
    await page.getByRole('button', { name: 'Conversations' }).click()
    await page.getByRole('button', { name: /^Hello\? now/ }).click()
    await eventually(async () => expect(await said(page)).toEqual(['Hello?', 'Here I am.', 'Take your time']))
  })

  test('without a connection nothing is sent and nothing that was written is lost', async () => {
    const { page, context } = await stage.person()
    await add(page, 'Stay')
    await settled(page)
    await page.getByRole('link', { name: 'Assistant' }).click()
    await page.getByLabel('Message to the assistant').waitFor()
    await context.setOffline(true)
    await page.getByText('Offline').waitFor()
    await ask(page, 'Later then')
    expect(await page.getByLabel('Message to the assistant').inputValue()).toBe('Later then')
    await context.setOffline(false)
    await settled(page)
    model.mood = 'prompt'
    await page.getByRole('button', { name: 'Send' }).click()
    await eventually(async () => expect(await said(page)).toEqual(['Later then', 'Here I am.']))
  })
})
