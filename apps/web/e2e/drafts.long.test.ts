import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { add, box, eventually, setOffline, shows, synced } from './rig/page_steps.ts'
import { readStore } from './rig/stored_data.ts'
import { openTestApp, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

describe.skipIf(chromiumPath === undefined)('drafts, messages and checklists of the web app', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await openTestApp()
  })
  afterEach(() => app.closeWindows())
  afterAll(async () => {
    expect(app.consoleErrors).toEqual([])
    await app.close()
  })

  test('a half-typed task and an open edit survive a reload, and are gone once saved', async () => {
    // A wider window shows the edit beside any view.
    const { page, rest } = await app.user({ viewport: { width: 1000, height: 800 } })
    await add(page, 'Call Ben', 'Other')
    await synced(page)
    await page.getByLabel('New task').fill('Half typed')
    await page.getByRole('button', { name: 'Edit Call Ben' }).click()
    await page.getByLabel('Title').fill('Call Ben back')
    await page.getByLabel('Due date').fill('2027-01-02')
    await page.reload()
    await eventually(async () => expect(await page.getByLabel('Title').inputValue()).toBe('Call Ben back'))
    await eventually(async () => expect(await page.getByLabel('Due date').inputValue()).toBe('2027-01-02'))
    await eventually(async () => expect(await page.getByLabel('New task').inputValue()).toBe('Half typed'))
    // In another view it is not forgotten.
    await page.getByRole('link', { name: /^Completed/ }).click()
    await page.getByText('You have unsaved changes to “Call Ben”').first().waitFor()
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByLabel('New task').press('Enter')
    await shows(page, ['Half typed', 'Other', 'Call Ben back'])
    await synced(page)
    await page.reload()
    await shows(page, ['Half typed', 'Other', 'Call Ben back'])
    await eventually(async () => expect(await page.getByLabel('New task').inputValue()).toBe(''))
    expect(await rest('GET', '/tasks?search=back')).toMatchObject([{ title: 'Call Ben back', due_date: '2027-01-02' }])
  })

  test('a year is typed into the due date of a task that repeats, digit by digit, also over a reload', async () => {
    const { page, rest } = await app.user()
    await rest('POST', '/tasks', { title: 'Water', due_date: '2026-11-24', recurrence: { rule: 'FREQ=DAILY' } })
    await page.getByRole('button', { name: 'Edit Water' }).click()
    const due = page.getByLabel('Due date')
    const problem = page.getByText('The due date must be a day between 1900 and 9999.')
    // Month and day come first in the field of an American browser.
    await due.focus()
    await page.keyboard.type('122420')
    await problem.waitFor()
    expect(await due.inputValue()).toBe('0020-12-24')
    await page.reload()
    await problem.waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await problem.waitFor()
    await due.focus()
    await page.keyboard.type('12242027')
    await problem.waitFor({ state: 'detached' })
    await page.getByLabel('Title').press('Enter')
    await page.getByTitle('Due 2027-12-24').waitFor()
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Water', due_date: '2027-12-24', start_date: null }])
  })

  test('the draft of a task that was added offline is still there after a reload, once the server has the task', async () => {
    const user = await app.user()
    const { page, rest } = user
    await add(page, 'Other')
    await page.getByRole('button', { name: 'Edit Other' }).click()
    // The details are loaded when they are shown first.
    await page.getByLabel('Due date').waitFor()
    await page.keyboard.press('Escape')
    await synced(page)
    await setOffline(user, true)
    await add(page, 'Call')
    await page.getByRole('button', { name: 'Edit Call' }).click()
    await page.getByLabel('Description').fill('Half typed')
    await setOffline(user, false)
    await synced(page)
    // Tasks are stored a moment after the server has them.
    await eventually(async () => expect(await readStore(page, 'task')).toHaveLength(2))
    await page.reload()
    await synced(page)
    await eventually(async () => expect(await page.getByLabel('Description').inputValue()).toBe('Half typed'))
    expect(await page.getByText('was deleted while you were editing it').count()).toBe(0)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Edit Call' }).waitFor()
    await synced(page)
    expect(await rest('GET', '/tasks?search=Call')).toMatchObject([{ description: 'Half typed', version: 2 }])
  })

  test('an edit that the server rejects is edited again with all that was typed', async () => {
    const { page, rest } = await app.user()
    await add(page, 'Call')
    await synced(page)
    await page.getByRole('button', { name: 'Edit Call' }).click()
    await page.getByLabel('Title').fill('Call back')
    await page.getByLabel('Description').fill('Typed \0 with care')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('“Call back” was not saved').first().waitFor()
    await shows(page, ['Call'])
    await page.getByRole('link', { name: 'Trash' }).click()
    // A panel that opens closes the other messages only.
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('heading', { name: 'Settings' }).waitFor({ state: 'detached' })
    // What is announced at once is hidden from assistive technology until it has the focus.
    await page.getByRole('button', { name: 'Edit again', includeHidden: true }).click()
    await eventually(async () => expect(await page.getByLabel('Title').inputValue()).toBe('Call back'))
    expect(await page.getByLabel('Description').inputValue()).toBe('Typed \0 with care')
    await page.getByText('“Call back” was not saved').first().waitFor({ state: 'detached' })
    await page.getByLabel('Description').fill('Typed with care')
    await page.getByRole('button', { name: 'Save' }).click()
    await shows(page, ['Call back'])
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Call back', description: 'Typed with care' }])
  })

  test('a draft that cannot be shown is discarded, and the list is there again', async () => {
    const { page } = await app.user()
    await add(page, 'Kept')
    await page.getByRole('button', { name: 'Edit Kept' }).click()
    await page.getByLabel('Title').fill('Broken')
    const errors = app.consoleErrors.length
    await page.evaluate(() => {
      const name = 'taskwire.drafts'
      const stored: unknown = JSON.parse(localStorage.getItem(name) ?? '{}')
      localStorage.setItem(name, JSON.stringify({ ...(stored as object), edit: {} }))
    })
    await page.reload()
    await page.getByRole('heading', { name: 'Something went wrong' }).waitFor()
    await page.getByRole('button', { name: 'Discard the draft and reload' }).click()
    await shows(page, ['Kept'])
    // React logs what it could not show.
    app.consoleErrors.length = errors
  })

  test('opening another task saves the one in hand, unless it cannot be saved', async () => {
    const { page } = await app.user()
    await add(page, 'First', 'Second')
    await page.getByRole('button', { name: 'Edit First' }).click()
    await page.getByLabel('Title').fill('First, changed')
    await page.getByRole('button', { name: 'Edit Second' }).click()
    await eventually(async () => expect(await page.getByLabel('Title').inputValue()).toBe('Second'))
    await shows(page, ['Second', 'First, changed'])
    await page.getByLabel('Title').fill('')
    await page.getByRole('button', { name: 'Edit First, changed' }).click()
    await page.getByText('The task that you are editing cannot be saved yet').first().waitFor()
    await page.keyboard.press('Escape')
    await shows(page, ['Second', 'First, changed'])
  })

  test('several deletions are one message, which takes all of them back', async () => {
    const { page } = await app.user()
    await add(page, 'One', 'Two', 'Three', 'Four')
    await synced(page)
    for (const title of ['One', 'Two', 'Three']) await page.getByRole('button', { name: `Delete ${title}` }).click()
    await page.getByText('3 tasks were moved to the trash').first().waitFor()
    await eventually(async () => expect(await page.locator('.toast').count()).toBe(1))
    await shows(page, ['Four'])
    await page.getByRole('button', { name: 'Undo', exact: true }).click()
    await shows(page, ['Four', 'Three', 'Two', 'One'])
    await page.getByText('Undone: 3 tasks are as before').first().waitFor()
    await eventually(async () => expect(await page.locator('.toast').count()).toBe(1))
    await synced(page)
  })

  test('Ctrl+Z undoes what was done before a reload, or in another tab, and says what', async () => {
    const { page, context, rest } = await app.user()
    await add(page, 'Here', 'There')
    await synced(page)
    await box(page, 'Here').check()
    await synced(page)
    await page.reload()
    await shows(page, ['There'])
    await synced(page)
    await page.keyboard.press('Control+z')
    await page.getByText('Undone: “Here” is pending again').first().waitFor()
    await shows(page, ['There', 'Here'])
    await synced(page)
    const tab = await context.newPage()
    await tab.goto(page.url())
    await shows(tab, ['There', 'Here'])
    await synced(tab)
    await tab.keyboard.press('Control+z')
    await tab.getByText('Undone: “There” was removed').first().waitFor()
    await shows(tab, ['Here'])
    await shows(page, ['Here'])
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Here', completed: false }])
  })

  test('items are checked in the list, offline and on two devices, without a conflict', async () => {
    const user = await app.user()
    const { page, rest } = user
    const checklist = ['a', 'b', 'c'].map((id) => ({ id, text: `Item ${id}`, done: false }))
    const task = (await rest('POST', '/tasks', { title: 'Pack', checklist })) as { id: number }
    await page.getByRole('button', { name: 'Checklist of Pack' }).click()
    await setOffline(user, true)
    await page.getByRole('checkbox', { name: 'Item a' }).check()
    await page.getByRole('checkbox', { name: 'Item c' }).check()
    await page.getByText('2/3 done').waitFor()
    await rest('PUT', `/tasks/${task.id}/checklist/b`, { done: true })
    await setOffline(user, false)
    await page.getByText('3/3 done').waitFor()
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([
      { checklist: checklist.map((item) => ({ ...item, done: true })) },
    ])
    await page.keyboard.press('Control+z')
    await page.getByText('2/3 done').waitFor()
  })
})
