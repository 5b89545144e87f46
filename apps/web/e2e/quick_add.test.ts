import { moveDays, today } from '@taskwire/calendar'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { add, eventually, setOffline, shows, synced } from './rig/page_steps.ts'
import { openTestApp, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

const zone = 'Europe/Zurich'

describe.skipIf(chromiumPath === undefined)('quick add in the web app', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await openTestApp()
  })
  afterEach(() => app.closeWindows())
  afterAll(async () => {
    expect(app.consoleErrors).toEqual([])
    await app.close()
  })

  const day = (days: number) => moveDays(today(zone, new Date()), days)
  const chips = (page: Page) => page.getByRole('list', { name: 'Understood' }).getByRole('button').allTextContents()
  const marks = (page: Page) => page.locator('.add-mark').allTextContents()

  test('what was understood is marked while one types, and becomes the fields of the task', async () => {
    const { page, rest } = await app.user({ timezoneId: zone })
    await rest('PATCH', '/settings', { time_zone: zone })
    const settings = page.waitForResponse(/viewer\.settings/)
    await page.reload()
    // A time that is added before they are known has no zone.
    await settings
    await page.getByLabel('New task').fill('Pay rent every 2 weeks from tomorrow at 5pm #Home !1 remind 30m')
    await eventually(async () =>
      expect(await marks(page)).toEqual(['every 2 weeks from tomorrow', 'at 5pm', '#Home', '!1', 'remind 30m']),
    )
    await eventually(async () =>
      expect(await chips(page)).toEqual([
        expect.stringMatching(/^every 2 weeks on \w+day, from Tomorrow$/),
        '5:00 PM',
        '#home',
        'High priority',
        '30 minutes before',
      ]),
    )
    await page.getByLabel('New task').press('Enter')
    await shows(page, ['Pay rent'])
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([
      {
        title: 'Pay rent',
        due_date: day(1),
        due_time: '17:00',
        due_zone: zone,
        tags: ['home'],
        priority: 'high',
        reminders: ['PT30M'],
        recurrence: { rule: 'FREQ=WEEKLY;INTERVAL=2', next: 'upcoming', start: day(1), number: 1 },
      },
    ])
  })

  test('a part that is refused stays text, and so does what the view would add', async () => {
    const { page, rest } = await app.user({ timezoneId: zone })
    await page.getByRole('link', { name: /^Today/ }).click()
    await page.getByLabel('New task').fill('Watch Tomorrow #film')
    await page.getByRole('button', { name: 'Tomorrow: keep “Tomorrow” as text' }).click()
    // Without a date of its own the task gets the view's.
    await eventually(async () => expect(await chips(page)).toEqual(['#film', 'Today']))
    await page.getByRole('button', { name: 'Without Today' }).click()
    await eventually(async () => expect(await marks(page)).toEqual(['#film']))
    await page.keyboard.press('Enter')
    await page.getByText('“Watch Tomorrow” was added. This view does not show it').first().waitFor()
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await shows(page, ['Watch Tomorrow'])
    await eventually(async () => expect(new URL(page.url()).hash).toBe('#/all'))
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Watch Tomorrow', due_date: null, tags: ['film'] }])
    // The next task begins anew.
    await page.getByLabel('New task').fill('Watch Tomorrow')
    await eventually(async () => expect(await marks(page)).toEqual(['Tomorrow']))
  })

  test('a line without a title is not added, and says so once it is entered', async () => {
    const { page } = await app.user()
    await page.getByLabel('New task').fill('tomorrow #home')
    await eventually(async () => expect(await marks(page)).toHaveLength(2))
    expect(await page.getByText('A task needs a title.').count()).toBe(0)
    await page.keyboard.press('Enter')
    await page.getByText('A task needs a title.').waitFor()
    expect(await page.getByLabel('New task').inputValue()).toBe('tomorrow #home')
    await shows(page, [])
  })

  test('it understands without a connection, and the server gets the same fields later', async () => {
    const user = await app.user({ timezoneId: zone })
    const { page, rest } = user
    await setOffline(user, true)
    await add(page, 'Buy milk tomorrow !2')
    await shows(page, ['Buy milk'])
    await page.getByRole('link', { name: /^Upcoming/ }).click()
    await shows(page, ['Buy milk'])
    await setOffline(user, false)
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Buy milk', due_date: day(1), priority: 'medium' }])
    await shows(page, ['Buy milk'])
  })
})
