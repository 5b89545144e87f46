import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { add, eventually, setOffline, shows, synced, titles } from './rig/page_steps.ts'
import { readStore } from './rig/stored_data.ts'
import { openTestApp, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

describe.skipIf(chromiumPath === undefined)('the web app in several tabs of one browser', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await openTestApp()
  })
  afterEach(() => app.closeWindows())
  afterAll(() => app.close())

  test('each tab sends its own writes once, and shows those of the others', async () => {
    const { page, context, rest } = await app.user()
    const other = await context.newPage()
    await other.goto(`${app.server.url}/#/all`)
    await synced(other)
    await setOffline({ context }, true)
    await page.getByText('Offline').waitFor()
    await other.getByText('Offline').waitFor()
    await add(page, 'One', 'Two')
    await add(other, 'Three', 'Four')
    await setOffline({ context }, false)
    await synced(page)
    await synced(other)
    const all = ['Four', 'One', 'Three', 'Two']
    await eventually(async () => expect((await titles(page)).toSorted()).toEqual(all))
    await eventually(async () => expect((await titles(other)).toSorted()).toEqual(all))
    expect(((await rest('GET', '/tasks')) as { title: string }[]).map(({ title }) => title).toSorted()).toEqual(all)
  })

  test('the waiting writes of a closed tab are sent by another', async () => {
    const { page, context, rest } = await app.user()
    const other = await context.newPage()
    await other.goto(`${app.server.url}/#/all`)
    await synced(other)
    await setOffline({ context }, true)
    await other.getByText('Offline').waitFor()
    await add(other, 'Left behind')
    await other.getByText('1 change waiting').waitFor()
    await other.close()
    await setOffline({ context }, false)
    await shows(page, ['Left behind'])
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Left behind', version: 1 }])
  })

  test('signing out asks for confirmation if another tab has waiting writes', async () => {
    const { page, context } = await app.user()
    const other = await context.newPage()
    await other.goto(`${app.server.url}/#/all`)
    await synced(other)
    await other.route('**/trpc/task.create*', (route) => route.abort())
    await add(other, 'Not sent')
    await other.getByText('1 change waiting').waitFor()
    // Other tabs know what is stored, a moment after it is shown.
    await eventually(async () => expect(await readStore(other, 'write')).toHaveLength(1))
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('dialog', { name: 'Sign out now?' }).getByText('1 change waiting').waitFor()
    await page.getByRole('button', { name: 'Stay signed in' }).click()
    await other.unroute('**/trpc/task.create*')
    await shows(page, ['Not sent'])
  })
})
