import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { add, eventually, focused, settled, shows, tabTo } from './rig/page_steps.ts'
import { openStage, type Stage } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

/** After what is tried in `accessible.test.ts`: the rest of the app, without a pointer. */
describe.skipIf(chromiumPath === undefined)('the web app by keyboard alone', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage()
  })
  afterEach(() => stage.leave())
  afterAll(() => stage.close())

  async function press(page: Page, ...keys: string[]): Promise<void> {
    for (const key of keys) await page.keyboard.press(key)
  }

  async function write(page: Page, ...tasks: string[]): Promise<void> {
    await press(page, 'n')
    for (const title of tasks) {
      await page.keyboard.type(title)
      await press(page, 'Enter')
    }
  }

  test('the views, the sorting and the search', async () => {
    const { page } = await stage.person()
    await write(page, 'Banana', 'apple', 'Cherry')
    await tabTo(page, 'Search tasks')
    await tabTo(page, /^Sort/)
    await page.keyboard.type('Title A')
    await shows(page, ['apple', 'Banana', 'Cherry'])
    await tabTo(page, 'Completed: apple')
    await press(page, 'Space', '3')
    await shows(page, ['apple'])
    await press(page, '2')
    await shows(page, ['Banana', 'Cherry'])
  })

  test('the trash', async () => {
    const { page } = await stage.person()
    await write(page, 'Old', 'New')
    await settled(page)
    await tabTo(page, 'Completed: New')
    await press(page, 'ArrowDown', 'Delete')
    await shows(page, ['New'])
    await settled(page)
    await press(page, '4')
    await page.getByRole('button', { name: 'Restore Old' }).waitFor()
    await tabTo(page, /^Restore Old/)
    await press(page, 'Enter')
    await page.getByText('The trash is empty').waitFor()
    await press(page, '1')
    await shows(page, ['New', 'Old'])
  })

  test('a conversation with the assistant: begun, undone, deleted and left', async () => {
    const { page, rest } = await stage.person()
    await press(page, 'c')
    await eventually(async () => expect(await focused(page)).toContain('Message to the assistant'))
    await page.keyboard.type('Add a task to buy groceries')
    await press(page, 'Enter')
    await shows(page, ['Buy groceries'])
    await page.getByRole('button', { name: 'Undo what the assistant did' }).waitFor()
    await press(page, 'Shift+Tab')
    expect(await focused(page)).toContain('Undo what the assistant did')
    await press(page, 'Enter')
    await shows(page, [])
    await tabTo(page, 'Conversations')
    await press(page, 'Enter')
    await page.getByRole('button', { name: 'Delete Add a task to buy groceries' }).waitFor()
    await tabTo(page, /^Delete Add/)
    await press(page, 'Enter', 'Enter')
    await page.getByText('There is none yet.').waitFor()
    expect(await rest('GET', '/conversations')).toEqual([])
    await press(page, 'Escape')
    await page.getByRole('heading', { name: 'Assistant' }).waitFor({ state: 'detached' })
  })

  test('an API key: made, copied by hand and revoked', async () => {
    const { page } = await stage.person()
    await tabTo(page, 'API keys')
    await press(page, 'Enter')
    await page.getByText('There is none yet.').waitFor()
    await tabTo(page, 'Name')
    await page.keyboard.type('Desk agent')
    await press(page, 'Tab', 'ArrowDown')
    await tabTo(page, 'Create key')
    await press(page, 'Enter')
    await page.getByText('It is not shown again').waitFor()
    await page.getByText('reads and changes').waitFor()
    await tabTo(page, 'I have copied it')
    await press(page, 'Enter')
    await page.getByRole('button', { name: 'Create key' }).waitFor()
    await tabTo(page, /^Revoke Desk agent/)
    await press(page, 'Enter', 'Enter')
    await page.getByText('There is none yet.').waitFor()
    await press(page, 'Escape')
    await page.getByRole('dialog', { name: 'API keys' }).waitFor({ state: 'detached' })
    await eventually(async () => expect((await focused(page)).trim()).toBe('API keys'))
  })

  test('a conflict: both versions are read, one is kept, and the focus is on the task again', async () => {
    const { page, rest } = await stage.person()
    await write(page, 'Meet at noon')
    await settled(page)
    const [task] = (await rest('GET', '/tasks')) as { id: number }[]
    await tabTo(page, 'Completed: Meet at noon')
    await press(page, 'e')
    await page.getByLabel('Title').waitFor()
    await press(page, 'Control+a')
    await page.keyboard.type('Meet at one')
    await rest('PATCH', `/tasks/${task?.id}`, { title: 'Meet at two' })
    await press(page, 'Enter')
    await page.getByRole('dialog', { name: 'This task was changed elsewhere too' }).waitFor()
    await tabTo(page, 'Keep mine')
    await press(page, 'Enter')
    await shows(page, ['Meet at one'])
    await settled(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Meet at one', version: 3 }])
    await eventually(async () => expect(await focused(page)).toContain('Meet at one'))
  })

  test('a change in another window leaves the focus where it is; what is done offline is sent later', async () => {
    const { page, context, elsewhere, rest } = await stage.person()
    await write(page, 'First', 'Second')
    await settled(page)
    await tabTo(page, 'Completed: Second')
    const other = await elsewhere()
    await settled(other)
    await add(other, 'From elsewhere')
    await shows(page, ['From elsewhere', 'Second', 'First'])
    expect(await focused(page)).toContain('Completed: Second')
    await context.setOffline(true)
    await page.getByText('Offline').waitFor()
    await press(page, 'Space', 'ArrowDown', 'Delete')
    await shows(page, ['From elsewhere', 'Second'])
    await page.getByText('Offline, 2 changes wait').waitFor()
    await press(page, 'Control+z')
    await shows(page, ['From elsewhere', 'Second', 'First'])
    await context.setOffline(false)
    await settled(page)
    expect(await rest('GET', '/tasks')).toMatchObject([
      { title: 'From elsewhere' },
      { title: 'Second', completed: true },
      { title: 'First', completed: false, version: 1 },
    ])
  })
})
