import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { add, eventually, focused, setOffline, shows, synced, tabTo } from './rig/page_steps.ts'
import { openTestApp, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

/** Adds to `accessible.test.ts` the rest of the app, without a pointer. */
describe.skipIf(chromiumPath === undefined)('the web app by keyboard alone', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await openTestApp()
  })
  afterEach(() => app.closeWindows())
  afterAll(() => app.close())

  async function press(page: Page, ...keys: string[]): Promise<void> {
    for (const key of keys) await page.keyboard.press(key)
  }

  async function write(page: Page, ...tasks: string[]): Promise<void> {
    await press(page, 'n')
    await eventually(async () => expect(await focused(page)).toContain('New task'))
    for (const title of tasks) {
      await page.keyboard.type(title)
      await press(page, 'Enter')
    }
  }

  test('views, sorting and search work', async () => {
    const { page } = await app.user()
    await write(page, 'Banana', 'apple', 'Cherry')
    await tabTo(page, 'Search tasks')
    await tabTo(page, /^Sort/)
    await page.keyboard.type('Title A')
    await shows(page, ['apple', 'Banana', 'Cherry'])
    await tabTo(page, 'Completed: apple')
    await press(page, 'Space', '4')
    await shows(page, ['apple'])
    await press(page, '3')
    await shows(page, ['Cherry', 'Banana'])
  })

  test('a task is deleted, restored from the trash, and deleted for good', async () => {
    const { page } = await app.user()
    await write(page, 'Old', 'New')
    await synced(page)
    await tabTo(page, 'Completed: New')
    await press(page, 'ArrowDown', 'Delete')
    await shows(page, ['New'])
    await synced(page)
    await press(page, '5')
    await page.getByRole('button', { name: 'Restore Old' }).waitFor()
    await tabTo(page, /^Restore Old/)
    await press(page, 'Enter')
    await page.getByText('The trash is empty').waitFor()
    await press(page, '3')
    await shows(page, ['New', 'Old'])
    await tabTo(page, 'Completed: New')
    await press(page, 'Delete')
    await synced(page)
    await press(page, '5')
    await page.getByRole('button', { name: 'Restore New' }).waitFor()
    await tabTo(page, 'Empty trash…')
    await press(page, 'Enter')
    await eventually(async () => expect((await focused(page)).trim()).toBe('Delete 1 task for good'))
    await press(page, 'Enter')
    await page.getByText('1 task was deleted for good').first().waitFor()
    await page.getByText('The trash is empty').waitFor()
  })

  test('a conversation is started, its changes are undone, and it is deleted', async () => {
    const { page, rest } = await app.user()
    await press(page, 'c')
    await eventually(async () => expect(await focused(page)).toContain('Message to the assistant'))
    await page.keyboard.type('Add a task to buy groceries')
    await press(page, 'Enter')
    await shows(page, ['Buy groceries'])
    await page.getByRole('button', { name: 'Undo these changes' }).waitFor()
    await press(page, 'Shift+Tab')
    await eventually(async () => expect(await focused(page)).toContain('Undo these changes'))
    await press(page, 'Enter')
    await shows(page, [])
    await tabTo(page, 'Conversations')
    await press(page, 'Enter')
    await page.getByRole('button', { name: 'Delete Add a task to buy groceries' }).waitFor()
    await tabTo(page, /^Delete Add/)
    await press(page, 'Enter', 'Enter')
    await page.getByText('No conversations yet.').waitFor()
    expect(await rest('GET', '/conversations')).toEqual([])
    await press(page, 'Escape')
    await page.getByRole('heading', { name: 'Assistant' }).waitFor({ state: 'detached' })
  })

  test('an API key is created, copied and revoked', async () => {
    const { page } = await app.user()
    await tabTo(page, 'API keys')
    await press(page, 'Enter')
    await page.getByText('No API keys yet.').waitFor()
    await tabTo(page, 'Name')
    await page.keyboard.type('Desk agent')
    await press(page, 'Tab', 'ArrowDown')
    await tabTo(page, 'Create key')
    await press(page, 'Enter')
    await page.getByText('It will not be shown again').waitFor()
    await page.getByText('Access: read and write').waitFor()
    await tabTo(page, 'Done')
    await press(page, 'Enter')
    await page.getByRole('button', { name: 'Create key' }).waitFor()
    await tabTo(page, /^Revoke Desk agent/)
    await press(page, 'Enter', 'Enter')
    await page.getByText('No API keys yet.').waitFor()
    await press(page, 'Escape')
    await page.getByRole('dialog', { name: 'API keys' }).waitFor({ state: 'detached' })
    await eventually(async () => expect((await focused(page)).trim()).toBe('API keys'))
  })

  test('a conflict is resolved, and the focus returns to the task', async () => {
    const { page, rest } = await app.user()
    await write(page, 'Meet for lunch')
    await synced(page)
    const [task] = (await rest('GET', '/tasks')) as { id: number }[]
    await tabTo(page, 'Completed: Meet for lunch')
    await press(page, 'e')
    await page.getByLabel('Title').waitFor()
    await press(page, 'Control+a')
    await page.keyboard.type('Meet at one')
    await rest('PATCH', `/tasks/${task?.id}`, { title: 'Meet at two' })
    await press(page, 'Enter')
    await page.getByRole('dialog', { name: 'This task was changed elsewhere' }).waitFor()
    await tabTo(page, 'Keep my version')
    await press(page, 'Enter')
    await shows(page, ['Meet at one'])
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Meet at one', version: 3 }])
    await eventually(async () => expect(await focused(page)).toContain('Meet at one'))
  })

  test('a change in another window does not move the focus, and offline writes are sent later', async () => {
    const { page, context, elsewhere, rest } = await app.user()
    await write(page, 'First', 'Second')
    await synced(page)
    await tabTo(page, 'Completed: Second')
    const other = await elsewhere()
    await synced(other)
    await add(other, 'From elsewhere')
    await shows(page, ['From elsewhere', 'Second', 'First'])
    expect(await focused(page)).toContain('Completed: Second')
    await setOffline({ context }, true)
    await page.getByText('Offline').waitFor()
    await press(page, 'Space', 'ArrowDown', 'Delete')
    await shows(page, ['From elsewhere'])
    await page.getByText('Offline, 2 changes waiting').waitFor()
    await press(page, 'Control+z')
    await shows(page, ['From elsewhere', 'First'])
    await setOffline({ context }, false)
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([
      { title: 'From elsewhere' },
      { title: 'Second', completed: true },
      { title: 'First', completed: false, version: 1 },
    ])
  })
})
