import { momentAt, moveDays, today } from '@taskwire/calendar'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Task } from '../src/client.ts'
import { countTasks } from '../src/views/counts.ts'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { add, box, eventually, setOffline, shows, synced } from './rig/page_steps.ts'
import { openTestApp, type TestApp, type TestUser } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

const zone = 'Asia/Kathmandu'

describe.skipIf(chromiumPath === undefined)('the views of the web app', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await openTestApp()
  })
  afterEach(() => app.closeWindows())
  afterAll(async () => {
    expect(app.consoleErrors).toEqual([])
    await app.close()
  })

  /** A day counted from today where the browser is. */
  const day = (days: number) => moveDays(today(zone, new Date()), days)

  async function userWith(...tasks: object[]): Promise<TestUser> {
    const user = await app.user({ timezoneId: zone })
    for (const task of tasks) await user.rest('POST', '/tasks', task)
    return user
  }

  function open(page: Page, hash: string): Promise<void> {
    return page.evaluate((to) => {
      location.hash = to
    }, hash)
  }

  /** The headings of the groups, without the numbers. */
  const headings = (page: Page) =>
    page.locator('.group-title').evaluateAll((all) => all.map(({ textContent }) => textContent?.replace(/\s\d+$/, '')))

  test('today has what is due and overdue, upcoming the next days, and each says how many', async () => {
    const { page } = await userWith(
      { title: 'Last week', due_date: day(-7) },
      { title: 'Today', due_date: day(0) },
      { title: 'Today, first', due_date: day(0), due_time: '23:58' },
      { title: 'Tomorrow', due_date: day(1) },
      { title: 'In a week', due_date: day(7) },
      { title: 'In a month', due_date: day(31) },
      { title: 'Some day' },
    )
    await shows(page, ['Some day', 'In a month', 'In a week', 'Tomorrow', 'Today, first', 'Today', 'Last week'])
    await open(page, '#/today')
    await shows(page, ['Last week', 'Today, first', 'Today'])
    await eventually(async () => expect(await headings(page)).toEqual(['Overdue', 'Today']))
    await open(page, '#/upcoming')
    await shows(page, ['Tomorrow', 'In a week', 'In a month'])
    await eventually(async () =>
      expect(await headings(page)).toEqual([
        expect.stringMatching(/^Tomorrow, /),
        expect.stringMatching(/^\w{3}, \w{3} \d/),
        'Later',
      ]),
    )
    const links = page.getByRole('navigation', { name: 'Views' }).getByRole('link')
    await eventually(async () =>
      expect(await links.allTextContents()).toEqual(['Today3', 'Upcoming2', 'All7', 'Completed0', 'Trash']),
    )
  })

  test('a task that is ticked stays for a moment, then it folds away under a count', async () => {
    const { page } = await userWith({ title: 'Pay', due_date: day(0) }, { title: 'Other', due_date: day(0) })
    await open(page, '#/today')
    await box(page, 'Pay').check()
    await shows(page, ['Other'])
    await page.getByRole('button', { name: 'Completed today 1' }).click()
    await shows(page, ['Other', 'Pay'])
    await box(page, 'Pay').uncheck()
    await shows(page, ['Other', 'Pay'])
    await open(page, '#/completed')
    await page.getByText('No completed tasks yet').waitFor()
  })

  test('a task that is added in a view gets what the view shows', async () => {
    const { page, rest } = await userWith({ title: 'Paint', tags: ['c++ & more'] })
    await open(page, '#/today')
    await add(page, 'Sweep')
    await shows(page, ['Sweep'])
    await page.getByRole('link', { name: 'c++ & more' }).click()
    await shows(page, ['Paint'])
    await add(page, 'Tagged')
    await shows(page, ['Tagged', 'Paint'])
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([
      { title: 'Tagged', tags: ['c++ & more'], due_date: null },
      { title: 'Sweep', due_date: day(0) },
      { title: 'Paint' },
    ])
    await page.reload()
    await page.getByRole('heading', { name: '#c++ & more', level: 1 }).waitFor()
    await shows(page, ['Tagged', 'Paint'])
  })

  test('search, priority and sorting are in the address, and Back leads out of them', async () => {
    const { page } = await userWith(
      { title: 'Buy paint', priority: 'high' },
      { title: 'Answer mail', priority: 'high' },
      { title: 'Paint the fence' },
    )
    await page.getByLabel('Search tasks').fill('paint')
    await shows(page, ['Paint the fence', 'Buy paint'])
    await page.getByLabel('Filter by priority').selectOption('High priority')
    await shows(page, ['Buy paint'])
    await page.getByLabel('Sort').selectOption('Title A to Z')
    await eventually(async () => expect(new URL(page.url()).hash).toBe('#/all?search=paint&priority=high&sort=title'))
    await page.reload()
    await shows(page, ['Buy paint'])
    await eventually(async () => expect(await page.getByLabel('Search tasks').inputValue()).toBe('paint'))
    await page.getByRole('link', { name: /^Completed/ }).click()
    await page.getByText('No completed tasks yet').waitFor()
    await eventually(async () => expect(await page.getByLabel('Search tasks').inputValue()).toBe(''))
    await page.goBack()
    await shows(page, ['Buy paint'])
    await page.getByLabel('Search tasks').fill('')
    await shows(page, ['Answer mail', 'Buy paint'])
    await eventually(async () => expect(new URL(page.url()).hash).toBe('#/all?priority=high&sort=title'))
    // So it does after a panel that was closed over a list.
    await page.getByRole('link', { name: /^Completed/ }).click()
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('dialog', { name: 'Settings' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog', { name: 'Settings' }).waitFor({ state: 'hidden' })
    await page.evaluate(() => history.back())
    await shows(page, ['Answer mail', 'Buy paint'])
    // What a view does not have is found where it is.
    await page.getByRole('link', { name: /^Completed/ }).click()
    await page.getByText('No completed tasks yet').waitFor()
    await page.getByLabel('Search tasks').fill('paint')
    await page.getByRole('button', { name: 'Show 2 in all tasks' }).click()
    await shows(page, ['Paint the fence', 'Buy paint'])
  })

  test('a link to a task that this view does not show leads to a view that does', async () => {
    const { page, rest } = await userWith({ title: 'Hidden here' }, { title: 'Done', completed: true })
    const tasks = (await rest('GET', '/tasks')) as Task[]
    const idOf = (title: string) => tasks.find((task) => task.title === title)?.id
    await open(page, `#/today/task/${idOf('Hidden here')}?search=nothing`)
    await shows(page, ['Hidden here'])
    await eventually(async () => expect(new URL(page.url()).hash).toBe('#/all'))
    await open(page, `#/today/task/${idOf('Done')}`)
    await shows(page, ['Done'])
    await eventually(async () => expect(new URL(page.url()).hash).toBe('#/completed'))
  })

  test('the zone that the user has set decides when today is, offline as well', async () => {
    const user = await userWith()
    const { page } = user
    // Zones that are never at the same day: one of them differs from the browser's.
    const other = today('Pacific/Kiritimati', new Date()) === day(0) ? 'Pacific/Pago_Pago' : 'Pacific/Kiritimati'
    const there = today(other, new Date())
    expect(there).not.toBe(day(0))
    await user.rest('POST', '/tasks', { title: 'There', due_date: there })
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByLabel('Time zone').fill('Mars/Olympus')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Unknown time zone').waitFor()
    await page.getByLabel('Time zone').fill(other)
    await page.getByLabel('Reminder time').fill('07:30')
    await page.getByRole('button', { name: 'Save' }).click()
    // The message that they are saved is a dialog as well.
    await page.getByRole('dialog', { name: 'Settings', exact: true }).waitFor({ state: 'detached' })
    expect(await user.rest('GET', '/settings')).toEqual({ time_zone: other, remind_time: '07:30' })
    await setOffline(user, true)
    await open(page, '#/today')
    await shows(page, ['There'])
    await setOffline(user, false)
  })

  test('the counts of the browser are those of the server, in any zone', async () => {
    const user = await userWith()
    const dates = [-40, -1, 0, 0, 0, 1, 2, 6, 7, 8, 9, 40].map(day)
    const times = ['00:00', '05:45', '11:59', '12:00', '18:15', '23:59']
    const zones = [null, 'Asia/Kathmandu', 'America/New_York', 'Pacific/Kiritimati']
    const samples = Array.from({ length: 84 }, (_, n) => ({
      title: `Task ${n}`,
      completed: n % 5 === 0,
      priority: (['high', 'medium', 'low', null] as const)[n % 4],
      tags: ['home', 'work', 'c++'].slice(0, n % 4),
      ...(n % 7 === 0 ? {} : { due_date: dates[n % dates.length] }),
      ...(n % 7 === 0 || n % 3 === 0 ? {} : { due_time: times[n % times.length], due_zone: zones[n % zones.length] }),
    }))
    // One call: a busy machine refuses some of 84 at once.
    await user.rest('POST', '/batch', { operations: samples.map((task) => ({ do: 'create', ...task })) })
    const tasks = (await user.rest('GET', '/tasks')) as Task[]
    for (const where of ['Asia/Kathmandu', 'America/Los_Angeles', 'Pacific/Kiritimati', 'UTC']) {
      // A minute that ends between the two would be another moment.
      await eventually(async () =>
        expect(countTasks(tasks, momentAt(new Date(), where))).toMatchObject(
          (await user.rest('GET', `/tasks/counts?zone=${where}`)) as object,
        ),
      )
    }
  })
})
