import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { add, eventually, settled, shows, titles } from './rig/page_steps.ts'
import { openStage, type Stage } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

describe.skipIf(chromiumPath === undefined)('the web app in several tabs of one browser', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage()
  })
  afterEach(() => stage.leave())
  afterAll(() => stage.close())

  test('each sends what was written in it, once, and shows what the others did', async () => {
    const { page, context, rest } = await stage.person()
    const other = await context.newPage()
    await other.goto(stage.server.url)
    await settled(other)
    await context.setOffline(true)
    await page.getByText('Offline').waitFor()
    await other.getByText('Offline').waitFor()
    await add(page, 'One', 'Two')
    await add(other, 'Three', 'Four')
    await context.setOffline(false)
    await settled(page)
    await settled(other)
    const all = ['Four', 'One', 'Three', 'Two']
    await eventually(async () => expect((await titles(page)).toSorted()).toEqual(all))
    await eventually(async () => expect((await titles(other)).toSorted()).toEqual(all))
    expect(((await rest('GET', '/tasks')) as { title: string }[]).map(({ title }) => title).toSorted()).toEqual(all)
  })

  test('what waits in a tab that is closed is sent by one that stays', async () => {
    const { page, context, rest } = await stage.person()
    const other = await context.newPage()
    await other.goto(stage.server.url)
    await settled(other)
    await context.setOffline(true)
    await other.getByText('Offline').waitFor()
    await add(other, 'Left behind')
    await other.getByText('1 change waits').waitFor()
    await other.close()
    await context.setOffline(false)
    await shows(page, ['Left behind'], 10_000)
    await settled(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Left behind', version: 1 }])
  })

  test('who signs out is asked for what waits in another tab', async () => {
    const { page, context } = await stage.person()
    const other = await context.newPage()
    await other.goto(stage.server.url)
    await settled(other)
    await other.route('**/trpc/task.create*', (route) => route.abort())
    await add(other, 'Not sent')
    await other.getByText('1 change waits').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('dialog', { name: 'Sign out now?' }).getByText('1 change waits').waitFor()
    await page.getByRole('button', { name: 'Stay signed in' }).click()
    await other.unroute('**/trpc/task.create*')
    await shows(page, ['Not sent'], 10_000)
  })
})
