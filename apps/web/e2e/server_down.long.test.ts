import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { add, eventually, synced, shows } from './rig/page_steps.ts'
import { openTestApp, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

describe.skipIf(chromiumPath === undefined)('the web app while the server is down', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await openTestApp()
  })
  afterAll(() => app.close())

  test('it goes on after the server was restarted', async () => {
    const { page, rest } = await app.user()
    await add(page, 'Before')
    await synced(page)
    await app.server.stop()
    await page.getByText('Server not reachable').waitFor()
    await add(page, 'Meanwhile')
    await shows(page, ['Meanwhile', 'Before'])
    await app.server.restart()
    await eventually(async () => expect(await page.locator('.connection').textContent()).toBe('Live'))
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Meanwhile' }, { title: 'Before' }])
  })
})
