import { moveDays, today } from '@taskwire/calendar'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Task } from '../src/client.ts'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { eventually, opensOffline, setOffline, shows, synced } from './rig/page_steps.ts'
import { openTestApp, type TestApp, type TestUser } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

const zone = 'Europe/Zurich'

describe.skipIf(chromiumPath === undefined)('recurring tasks in the web app', () => {
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

  /** A user who waters the plants each day from today. */
  async function userWithRecurring(): Promise<TestUser & { readonly task: Task }> {
    const user = await app.user({ timezoneId: zone })
    await user.rest('PATCH', '/settings', { time_zone: zone })
    const recurrence = { rule: 'FREQ=DAILY' }
    const checklist = [{ id: 'a', text: 'Can', done: true }]
    const task = (await user.rest('POST', '/tasks', {
      title: 'Water',
      due_date: day(0),
      recurrence,
      checklist,
    })) as Task
    await user.page.reload()
    await shows(user.page, ['Water'])
    await synced(user.page)
    return { ...user, task }
  }

  /** Completes the open occurrence, and waits until the next one stands in its place. */
  async function complete(page: Page, nextDue: string): Promise<void> {
    // A completed occurrence stays in the list for a moment.
    await page.locator('.row:not([data-completed])').getByRole('checkbox', { name: 'Completed: Water' }).click()
    await eventually(async () =>
      expect(await page.locator('.row:not([data-completed]) time').getAttribute('datetime')).toBe(nextDue),
    )
    await shows(page, ['Water'])
  }

  const byDate = (tasks: unknown) =>
    (tasks as Task[]).toSorted((a, b) => ((a.due_date ?? '') < (b.due_date ?? '') ? -1 : 1))

  test('completed twice in a row without a connection, it makes one task each, also when sent again', async () => {
    const user = await userWithRecurring()
    const { page, rest, task } = user
    let lost = 0
    await page.route('**/trpc/task.complete*', async (route) => {
      if (lost++ > 0) return route.continue()
      await route.fetch()
      await route.abort()
    })
    await setOffline(user, true)
    await complete(page, day(1))
    await page.getByText('0/1 done').waitFor()
    await complete(page, day(2))
    await page.getByText('Offline, 2 changes waiting').waitFor()
    await setOffline(user, false)
    await synced(page)
    expect(lost).toBeGreaterThan(2)
    await shows(page, ['Water'])
    expect(byDate(await rest('GET', '/tasks'))).toMatchObject([
      { id: task.id, due_date: day(0), completed: true, version: 2 },
      { due_date: day(1), completed: true, version: 2, series_id: task.id },
      { due_date: day(2), completed: false, version: 1, series_id: task.id, recurrence: { number: 3 } },
    ])
    // Undo takes back the last completion, and the task that it made.
    await page.keyboard.press('Control+z')
    await synced(page)
    await eventually(async () =>
      expect(await rest('GET', '/tasks?status=pending')).toMatchObject([{ due_date: day(1), completed: false }]),
    )
    await shows(page, ['Water'])
  })

  test('completed and renamed on another device meanwhile, no task is doubled and nothing is lost', async () => {
    const user = await userWithRecurring()
    const { page, rest, task } = user
    await setOffline(user, true)
    await complete(page, day(1))
    await complete(page, day(2))
    await rest('PATCH', `/tasks/${task.id}`, { title: 'Water the plants' })
    await rest('PATCH', `/tasks/${task.id}/complete`)
    await setOffline(user, false)
    await synced(page)
    await shows(page, ['Water the plants'])
    const titles = { title: 'Water the plants', series_id: task.id }
    expect(byDate(await rest('GET', '/tasks'))).toMatchObject([
      { ...titles, due_date: day(0), completed: true },
      { ...titles, due_date: day(1), completed: true },
      { ...titles, due_date: day(2), completed: false },
    ])
  })

  test('an edit of the next occurrence waits with the completion that makes it', async () => {
    const user = await userWithRecurring()
    const { page, rest } = user
    await opensOffline(page)
    await setOffline(user, true)
    await complete(page, day(1))
    await page.getByRole('button', { name: 'Edit Water' }).click()
    await page.getByLabel('Title').fill('Water, twice as much')
    await page.keyboard.press('Enter')
    await shows(page, ['Water, twice as much'])
    await page.reload()
    await shows(page, ['Water, twice as much'])
    await setOffline(user, false)
    await synced(page)
    expect(byDate(await rest('GET', '/tasks'))).toMatchObject([
      { title: 'Water', completed: true },
      { title: 'Water, twice as much', due_date: day(1), completed: false, version: 2 },
    ])
  })

  test('the editor says in plain words how a task repeats, shows the next days, and changes it by keyboard', async () => {
    const { page, rest, task } = await userWithRecurring()
    await page.getByRole('button', { name: 'Edit Water' }).click()
    const repeats = page.getByLabel('Repeats')
    await eventually(async () => expect(await repeats.inputValue()).toBe('FREQ=DAILY'))
    const preview = page.getByRole('group', { name: 'Repetition' }).getByRole('status')
    await eventually(async () => expect(await preview.textContent()).toMatch(/^Today · Tomorrow · \w+day · \w+day …$/))
    await repeats.focus()
    await page.keyboard.type('Custom')
    await page.getByLabel('Every').fill('2')
    await page.getByLabel('Unit').selectOption('weeks')
    await page.getByRole('checkbox', { name: 'Monday' }).focus()
    await page.keyboard.press('Space')
    await page.getByLabel('Ends').selectOption('After some times')
    await page.getByLabel('Times').fill('5')
    await eventually(async () =>
      expect(await preview.textContent()).toMatch(/^Every 2 weeks on Monday, 5 times: .+ · .+ · .+ · .+ …$/),
    )
    await page.getByLabel('Count from the day of completion').check()
    await page.getByLabel('Reminders', { exact: true }).selectOption('1 day before')
    await page.getByLabel('Reminders', { exact: true }).selectOption('at a time…')
    await page.getByLabel('Time of the reminder').fill('2027-01-01T08:00')
    await page.getByRole('button', { name: 'Add reminder' }).click()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.locator('.row-label', { hasText: 'every 2 weeks on Monday, 5 times, counted from completion' }).waitFor()
    await synced(page)
    expect(await rest('GET', `/tasks/${task.id}`)).toMatchObject({
      due_date: day(0),
      recurrence: { rule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=5', next: 'completion', number: 1 },
      reminders: ['P1D', '2027-01-01T08:00'],
    })
    await page.getByRole('button', { name: 'Edit Water' }).click()
    await page.getByLabel('Due date').fill('')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('A task that repeats needs a due date.').waitFor()
    await repeats.selectOption('Does not repeat')
    await page.getByRole('button', { name: 'Remove the reminder 1 day before' }).click()
    await page.getByRole('button', { name: 'Save' }).click()
    await synced(page)
    expect(await rest('GET', `/tasks/${task.id}`)).toMatchObject({ due_date: null, recurrence: null, series_id: null })
  })

  test('where the series was ended elsewhere, what was done to its next task is given up with a message', async () => {
    const user = await userWithRecurring()
    const { page, rest, task } = user
    await setOffline(user, true)
    await complete(page, day(1))
    await complete(page, day(2))
    await rest('PATCH', `/tasks/${task.id}`, { recurrence: null })
    await setOffline(user, false)
    await page.getByText('The task no longer repeats', { exact: false }).first().waitFor()
    await synced(page)
    await shows(page, [])
    expect(await rest('GET', '/tasks')).toMatchObject([{ id: task.id, completed: true, next_task_id: null }])
  })
})
