import { moveDays, today } from '@taskwire/calendar'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { add, eventually, focused, setOffline, shows, synced } from './rig/page_steps.ts'
import { openTestApp, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

describe.skipIf(chromiumPath === undefined)('several tasks at once in the web app', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await openTestApp()
  })
  afterEach(() => app.closeWindows())
  afterAll(async () => {
    expect(app.consoleErrors).toEqual([])
    await app.close()
  })

  test('tasks selected with Ctrl and Shift are changed together, and one undo takes it back', async () => {
    const { page, rest } = await app.user({ timezoneId: 'UTC' })
    await add(page, 'Five', 'Four', 'Three', 'Two', 'One')
    await synced(page)
    const edit = (title: string) => page.getByRole('button', { name: new RegExp(`dit ${title}`) })
    await edit('One').click({ modifiers: ['Control'] })
    await edit('Three').click({ modifiers: ['Shift'] })
    await edit('Two').click({ modifiers: ['Control'] })
    const bar = page.getByRole('toolbar', { name: 'Selected tasks' })
    await bar.getByText('2 tasks selected').waitFor()
    await bar.getByLabel('Set the due date').selectOption('Tomorrow')
    await page.getByText('2 tasks were changed').first().waitFor()
    await synced(page)
    const tomorrow = moveDays(today('UTC', new Date()), 1)
    expect(await rest('GET', '/tasks')).toMatchObject([
      { title: 'One', due_date: tomorrow },
      { title: 'Two', due_date: null },
      { title: 'Three', due_date: tomorrow },
      { title: 'Four', due_date: null },
      { title: 'Five', due_date: null },
    ])
    await page.keyboard.press('Control+z')
    await page.getByText('Undone: 2 tasks are as before').first().waitFor()
    await synced(page)
    expect(await rest('GET', '/tasks?due=any')).toEqual([])
    await page.keyboard.press('Control+Shift+z')
    await eventually(async () => expect(await rest('GET', '/tasks?due=any')).toHaveLength(2))
    await synced(page)
    // It was one call, so the log knows that it was done together, also after a reload and in another window.
    await page.keyboard.press('Control+a')
    await bar.getByLabel('Set the priority').selectOption('High')
    await page.getByText('5 tasks were changed').first().waitFor()
    await synced(page)
    await page.reload()
    await page.getByRole('button', { name: 'Undo (Ctrl+Z)' }).click()
    await page.getByText('Undone: 5 tasks are as before').first().waitFor()
    await synced(page)
    expect(await rest('GET', '/tasks?priority=high')).toEqual([])
    expect(await rest('GET', '/tasks?due=any')).toHaveLength(2)
  })

  test('by keyboard alone and without a connection they are selected, tagged, completed and deleted', async () => {
    const user = await app.user()
    const { page, rest } = user
    await add(page, 'Three', 'Two', 'One')
    await synced(page)
    await setOffline(user, true)
    await page.getByRole('checkbox', { name: 'Completed: One' }).focus()
    await page.keyboard.press('s')
    await page.keyboard.press('Shift+ArrowDown')
    await page.getByText('2 tasks selected').waitFor()
    await page.getByLabel('Add a tag').focus()
    await page.keyboard.type('#Home')
    await page.keyboard.press('Enter')
    await page.getByText('2 tasks were changed').first().waitFor()
    await eventually(async () => expect(await focused(page)).toMatch(/Two/))
    await page.keyboard.press('Control+a')
    await page.getByText('3 tasks selected').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('toolbar', { name: 'Selected tasks' }).waitFor({ state: 'detached' })
    await page.keyboard.press('Control+a')
    await page.getByRole('button', { name: 'Complete', exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('3 tasks were completed').first().waitFor()
    await shows(page, [])
    await setOffline(user, false)
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([
      { title: 'One', completed: true, tags: ['home'] },
      { title: 'Two', completed: true, tags: ['home'] },
      { title: 'Three', completed: true, tags: [] },
    ])
    await page.getByRole('link', { name: /^Completed/ }).click()
    await page.getByRole('button', { name: 'Select Two' }).click()
    await page.getByRole('toolbar').getByRole('button', { name: 'Delete', exact: true }).click()
    await synced(page)
    expect(await rest('GET', '/tasks')).toHaveLength(2)
  })
})
