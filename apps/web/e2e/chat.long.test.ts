import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { startModelServer, type ModelServer } from './rig/model_server.ts'
import { add, eventually, setOffline, synced } from './rig/page_steps.ts'
import { openTestApp, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

describe.skipIf(chromiumPath === undefined)('the assistant in the web app, with an unreliable model', () => {
  let model: ModelServer
  let app: TestApp
  beforeAll(async () => {
    model = await startModelServer()
    app = await openTestApp({ OPENAI_BASE_URL: model.url })
  })
  afterEach(() => app.closeWindows())
  afterAll(async () => {
    await app.close()
    model.close()
  })

  const messages = (page: Page) => page.locator('.bubble > p').allTextContents()

  async function ask(page: Page, message: string): Promise<void> {
    await page.getByLabel('Message to the assistant').fill(message)
    await page.keyboard.press('Enter')
  }

  test('a failure shows a message, the question stays and the conversation goes on', async () => {
    const { page, rest } = await app.user()
    await page.getByRole('link', { name: 'Assistant' }).click()
    model.behaviour = 'failing'
    await ask(page, 'Are you there?')
    // The client repeats the call twice, because the server says that it may.
    await page.getByText('The assistant cannot be reached. Try again in a moment.').waitFor()
    await eventually(async () => expect(await messages(page)).toEqual(['Are you there?']))
    model.behaviour = 'answering'
    await ask(page, 'And now?')
    await eventually(async () => expect(await messages(page)).toEqual(['Are you there?', 'And now?', 'Here I am.']))
    await eventually(async () => expect(await page.locator('.conversation-view .problem').count()).toBe(0))
    expect(await rest('GET', '/conversations')).toHaveLength(1)
  })

  test('a user stops an answer, and the next question is answered at once', async () => {
    const { page, rest } = await app.user()
    await page.getByRole('link', { name: 'Assistant' }).click()
    model.behaviour = 'hanging'
    const before = model.requestCount()
    await ask(page, 'Take your time')
    await eventually(() => Promise.resolve(expect(model.requestCount()).toBe(before + 1)))
    await page.getByRole('img', { name: 'Working' }).waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByRole('button', { name: 'Send' }).waitFor()
    await eventually(async () => expect(await messages(page)).toEqual(['Take your time']))
    model.behaviour = 'answering'
    await ask(page, 'Hello?')
    await eventually(async () => expect(await messages(page)).toEqual(['Take your time', 'Hello?', 'Here I am.']))
    expect(await rest('GET', '/conversations')).toHaveLength(1)
  })

  test('leaving a conversation during its answer does not affect another conversation', async () => {
    const { page } = await app.user()
    await page.getByRole('link', { name: 'Assistant' }).click()
    model.behaviour = 'answering'
    await ask(page, 'Hello?')
    await eventually(async () => expect(await messages(page)).toEqual(['Hello?', 'Here I am.']))
    model.behaviour = 'hanging'
    const before = model.requestCount()
    await ask(page, 'Take your time')
    await eventually(() => Promise.resolve(expect(model.requestCount()).toBe(before + 1)))
    await page.getByRole('button', { name: 'New conversation' }).click()
    await page.getByText('Tell the assistant what to do').waitFor()
    await page.getByRole('button', { name: 'Conversations' }).click()
    await page.getByRole('button', { name: /^Hello\?/ }).click()
    await eventually(async () => expect(await messages(page)).toEqual(['Hello?', 'Here I am.', 'Take your time']))
  })

  test('without a connection the message is not sent and its text stays', async () => {
    const { page, context } = await app.user()
    await add(page, 'Stay')
    await synced(page)
    await page.getByRole('link', { name: 'Assistant' }).click()
    await page.getByLabel('Message to the assistant').waitFor()
    await setOffline({ context }, true)
    await page.getByText('Offline').waitFor()
    await ask(page, 'Later then')
    expect(await page.getByLabel('Message to the assistant').inputValue()).toBe('Later then')
    await setOffline({ context }, false)
    await synced(page)
    model.behaviour = 'answering'
    await page.getByRole('button', { name: 'Send' }).click()
    await eventually(async () => expect(await messages(page)).toEqual(['Later then', 'Here I am.']))
  })
})
