import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { add, eventually, settled, shows } from './rig/page_steps.ts'
import { openStage, type Stage } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

describe.skipIf(chromiumPath === undefined)('the web app while the server is away', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage()
  })
  afterAll(() => stage.close())

  test('it goes on after the server was away', async () => {
    const { page, rest } = await stage.person()
    await add(page, 'Before')
    await settled(page)
    await stage.server.stop()
    await page.getByText('Offline').waitFor()
    await add(page, 'Meanwhile')
    await shows(page, ['Meanwhile', 'Before'])
    await stage.server.restart()
    await eventually(async () => expect(await page.locator('.standing').textContent()).toBe('Live'), 20_000)
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Meanwhile' }, { title: 'Before' }])
  })
})
