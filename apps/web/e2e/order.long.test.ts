import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import {
  add,
  box,
  dragRow,
  eventually,
  focused,
  opensOffline,
  row,
  setOffline,
  shows,
  swipeRow,
  synced,
} from './rig/page_steps.ts'
import { openTestApp, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

const phone = { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true } as const

describe.skipIf(chromiumPath === undefined)('the order of tasks in the web app', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await openTestApp()
  })
  afterEach(() => app.closeWindows())
  afterAll(async () => {
    expect(app.consoleErrors).toEqual([])
    await app.close()
  })

  async function inOrder(rest: (method: string, path: string) => Promise<unknown>, titles: readonly string[]) {
    await eventually(async () =>
      expect(await rest('GET', '/tasks?sort=position')).toMatchObject(titles.map((title) => ({ title }))),
    )
  }

  test('a mouse drags a task to another place, also before it has reached the server', async () => {
    const user = await app.user()
    const { page, rest } = user
    await add(page, 'Three', 'Two', 'One')
    await synced(page)
    await dragRow(page, 'One', 'Three')
    await shows(page, ['Two', 'Three', 'One'])
    expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0)
    await inOrder(rest, ['Two', 'Three', 'One'])
    await opensOffline(page)
    await setOffline(user, true)
    await add(page, 'Zero')
    await dragRow(page, 'Zero', 'Two')
    await dragRow(page, 'One', 'Zero')
    await shows(page, ['Two', 'Zero', 'One', 'Three'])
    await page.reload()
    await shows(page, ['Two', 'Zero', 'One', 'Three'])
    await setOffline(user, false)
    await synced(page)
    await inOrder(rest, ['Two', 'Zero', 'One', 'Three'])
    await shows(page, ['Two', 'Zero', 'One', 'Three'])
  })

  test('Alt with an arrow moves a task and says where it is, and undo puts it back', async () => {
    const { page, rest } = await app.user()
    await add(page, 'Three', 'Two', 'One')
    await synced(page)
    await box(page, 'One').focus()
    await page.keyboard.press('Alt+ArrowDown')
    await shows(page, ['Two', 'One', 'Three'])
    await page.getByText('“One” is at place 2 of 3').waitFor({ state: 'attached' })
    await eventually(async () => expect(await focused(page)).toMatch(/Completed: One/))
    await page.keyboard.press('Alt+ArrowDown')
    await shows(page, ['Two', 'Three', 'One'])
    await eventually(async () => expect(await focused(page)).toMatch(/Completed: One/))
    await synced(page)
    await page.keyboard.press('Control+z')
    await shows(page, ['Two', 'One', 'Three'])
    await page.getByText('Undone: “One” is back in its place').first().waitFor()
    await inOrder(rest, ['Two', 'One', 'Three'])
    await page.getByLabel('Sort').selectOption('Title A to Z')
    await shows(page, ['One', 'Three', 'Two'])
    await box(page, 'Two').focus()
    await page.keyboard.press('Alt+ArrowUp')
    await page.getByText('Sort the list by “My order” to move tasks').first().waitFor()
  })

  test('a finger drags a task after a long press, completes it by a swipe and plans it by the other', async () => {
    const { page, context, rest } = await app.user(phone)
    await add(page, 'Three', 'Two', 'One')
    await synced(page)
    const cdp = await context.newCDPSession(page)
    await dragRow(page, 'One', 'Three', cdp)
    await inOrder(rest, ['Two', 'Three', 'One'])
    await swipeRow(page, cdp, 'Two', 150)
    await shows(page, ['Three', 'One'])
    await swipeRow(page, cdp, 'Three', -150)
    await page.getByRole('menuitem', { name: 'Tomorrow' }).press('Enter')
    await page.getByText('“Three” is due Tomorrow').first().waitFor()
    await swipeRow(page, cdp, 'One', 40)
    await shows(page, ['Three', 'One'])
    await synced(page)
    expect(await rest('GET', '/tasks?due=upcoming')).toMatchObject([{ title: 'Three' }])
    expect(await rest('GET', '/tasks?status=completed')).toMatchObject([{ title: 'Two' }])
  })

  test('the menu of a row moves, plans, skips and deletes its task by keyboard', async () => {
    const { page, rest } = await app.user({ timezoneId: 'UTC' })
    await add(page, 'Two', 'Water the plants every day')
    await synced(page)
    await page.getByRole('button', { name: 'More for Water the plants' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Move down' }).press('Enter')
    await shows(page, ['Two', 'Water the plants'])
    await eventually(async () => expect(await focused(page)).toMatch(/More for Water the plants/))
    const due = await row(page, 'Water the plants').locator('.due').textContent()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Skip to the next day' }).press('Enter')
    await eventually(async () =>
      expect(await row(page, 'Water the plants').locator('.due').textContent()).not.toBe(due),
    )
    await synced(page)
    expect(await rest('GET', '/tasks?search=Water')).toMatchObject([{ completed: false, recurrence: { number: 2 } }])
    await page.keyboard.press('Control+z')
    await page.getByText('Undone: “Water the plants” is back on its day').first().waitFor()
    await eventually(async () => expect(await row(page, 'Water the plants').locator('.due').textContent()).toBe(due))
    await page.keyboard.press('m')
    await page.getByRole('menuitem', { name: 'Delete' }).press('Enter')
    await shows(page, ['Two'])
  })
})
