import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { add, box, eventually, opensOffline, setOffline, synced, shows } from './rig/page_steps.ts'
import { readStore } from './rig/stored_data.ts'
import { openTestApp, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

interface Task {
  readonly id: number
  readonly title: string
}

describe.skipIf(chromiumPath === undefined)('the web app without a connection', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await openTestApp()
  })
  afterEach(() => app.closeWindows())
  afterAll(() => app.close())

  test('it shows stored tasks, queues writes, and sends each once and in order when the connection is back', async () => {
    const { context, page, rest } = await app.user()
    await add(page, 'Known', 'Finished meanwhile')
    await synced(page)
    await setOffline({ context }, true)
    await page.getByText('Offline').waitFor()
    await add(page, 'Written offline')
    await box(page, 'Finished meanwhile').check()
    await page.getByRole('button', { name: 'Edit Written offline' }).click()
    await page.getByLabel('Title').fill('Written and changed offline')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Delete Known' }).click()
    await page.getByText('Offline, 4 changes waiting').waitFor()
    await shows(page, ['Written and changed offline'])
    expect(await rest('GET', '/tasks')).toHaveLength(2)
    await setOffline({ context }, false)
    await synced(page)
    await shows(page, ['Written and changed offline'])
    expect(await rest('GET', '/tasks')).toMatchObject([
      { title: 'Written and changed offline', version: 2 },
      { title: 'Finished meanwhile', completed: true, version: 2 },
    ])
  })

  test('waiting writes survive a reload, also without a network', async () => {
    const { context, page, rest } = await app.user()
    await add(page, 'Known')
    await synced(page)
    await opensOffline(page)
    await setOffline({ context }, true)
    await add(page, 'Waits')
    await page.getByText('Offline, 1 change waiting').waitFor()
    await page.reload()
    await shows(page, ['Waits', 'Known'])
    await page.getByText('Offline, 1 change waiting').waitFor()
    await setOffline({ context }, false)
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Waits' }, { title: 'Known' }])
  })

  test('what the database of the browser had no time to store, or to delete, is as it was shown after a reload', async () => {
    const { page, rest } = await app.user()
    let isCut = true
    // An unanswered call holds up the writes behind it.
    await page.route('**/trpc/task.create*', (route) => (isCut ? undefined : route.continue()))
    await add(page, 'First draft', 'Given up')
    await eventually(async () => expect(await readStore(page, 'write')).toHaveLength(2))
    await page.evaluate(() => {
      // A transaction that has not ended when a page is left is aborted.
      const abort = () => {
        throw new DOMException('The page is being left', 'AbortError')
      }
      Object.assign(IDBObjectStore.prototype, { put: abort, delete: abort })
    })
    await page.getByRole('button', { name: 'Undo (Ctrl+Z)' }).click()
    await shows(page, ['First draft'])
    await page.getByRole('button', { name: 'Edit First draft' }).click()
    await page.getByLabel('Title').fill('Second draft')
    await page.keyboard.press('Enter')
    await shows(page, ['Second draft'])
    isCut = false
    await page.reload()
    await shows(page, ['Second draft'])
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Second draft' }])
    // The database of the browser deletes after the last answer was shown.
    const unfinished = () => page.evaluate(() => Object.keys(localStorage).filter((name) => name.includes('write')))
    await eventually(async () => expect(await unfinished()).toEqual([]))
  })

  test('the trash shows what was deleted, and restores it, without a connection', async () => {
    const { context, page, rest } = await app.user()
    await add(page, 'Stays', 'Deleted before', 'Deleted later')
    await synced(page)
    await page.getByRole('button', { name: 'Delete Deleted before' }).click()
    await synced(page)
    await page.getByRole('link', { name: 'Trash' }).click()
    await page.getByRole('button', { name: 'Restore Deleted before' }).waitFor()
    await page.getByRole('link', { name: 'All' }).click()
    await setOffline({ context }, true)
    await page.getByText('Offline').waitFor()
    await page.getByRole('button', { name: 'Delete Deleted later' }).click()
    await page.getByRole('link', { name: 'Trash' }).click()
    await page.getByText('These are those of the last connection.').waitFor()
    await page.getByRole('button', { name: 'Restore Deleted later' }).click()
    await page.getByRole('button', { name: 'Restore Deleted before' }).click()
    await setOffline({ context }, false)
    await page.getByRole('link', { name: 'All' }).click()
    await shows(page, ['Deleted later', 'Deleted before', 'Stays'])
    await synced(page)
    expect(await rest('GET', '/tasks')).toHaveLength(3)
  })

  test('a panel that cannot be loaded shows a message, and the rest goes on', async () => {
    const { page } = await app.user({ serviceWorkers: 'block' })
    await page.route('**/assets/help_panel*', (route) => route.abort())
    await page.getByRole('link', { name: 'Keyboard help' }).click()
    await page.getByText('This could not be loaded').first().waitFor()
    await add(page, 'Still here')
    await shows(page, ['Still here'])
    await synced(page)
  })

  test('a lost answer does not repeat the effect of its write', async () => {
    const { page, rest } = await app.user()
    let lost = 0
    await page.route('**/trpc/task.create*', async (route) => {
      if (lost++ > 0) return route.continue()
      await route.fetch()
      await route.abort()
    })
    await add(page, 'Once')
    await synced(page)
    await shows(page, ['Once'])
    expect(lost).toBeGreaterThan(1)
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Once', version: 1 }])
  })

  test('a write that the server rejects is rolled back with a message', async () => {
    const { page, rest } = await app.user()
    await add(page, 'Gone soon')
    await synced(page)
    const [task] = (await rest('GET', '/tasks')) as Task[]
    // The task is deleted before the write of this tab arrives.
    await page.route('**/trpc/task.complete*', async (route) => {
      await rest('DELETE', `/tasks/${task?.id}`)
      await route.continue()
    })
    await box(page, 'Gone soon').check()
    await page.getByText('was not saved').first().waitFor()
    await shows(page, [])
  })

  test('a conflict shows both versions, and the chosen one is kept', async () => {
    const { page, rest } = await app.user()
    await add(page, 'Meet for lunch')
    await synced(page)
    const [task] = (await rest('GET', '/tasks')) as Task[]
    const editTo = async (title: string) => {
      await page.locator('.row-title').click()
      await page.getByLabel('Title').fill(title)
    }
    await editTo('Meet at one')
    await rest('PATCH', `/tasks/${task?.id}`, { title: 'Meet at two' })
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'This task was changed elsewhere' })
    await dialog.waitFor()
    await eventually(async () =>
      expect(await dialog.locator('[data-differs]').allTextContents()).toEqual(['Meet at one', 'Meet at two']),
    )
    await dialog.getByRole('button', { name: 'Keep my version' }).click()
    await shows(page, ['Meet at one'])
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Meet at one', version: 3 }])

    await editTo('Meet at three')
    await rest('PATCH', `/tasks/${task?.id}`, { title: 'Meet at four' })
    await page.keyboard.press('Enter')
    await dialog.getByRole('button', { name: 'Keep server version' }).click()
    await shows(page, ['Meet at four'])
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Meet at four', version: 4 }])
  })

  test('edits of different fields are both kept without asking', async () => {
    const { page, rest } = await app.user()
    await add(page, 'Call')
    await synced(page)
    const [task] = (await rest('GET', '/tasks')) as Task[]
    await page.locator('.row-title').click()
    await page.getByLabel('Title').fill('Call back')
    await rest('PATCH', `/tasks/${task?.id}`, { description: 'After four' })
    await page.keyboard.press('Enter')
    await shows(page, ['Call back'])
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ title: 'Call back', description: 'After four' }])
  })

  test('a task that is deleted elsewhere while it is edited is restored with its draft', async () => {
    const { page, rest } = await app.user()
    await add(page, 'Fragile')
    await synced(page)
    const [task] = (await rest('GET', '/tasks')) as Task[]
    await page.locator('.row-title').click()
    await page.getByLabel('Title').fill('Fragile, with care')
    await rest('DELETE', `/tasks/${task?.id}`)
    await page.getByText('Restore', { exact: true }).click()
    await eventually(async () => expect(await page.getByLabel('Title').inputValue()).toBe('Fragile, with care'))
    await synced(page)
    await page.getByRole('button', { name: 'Save' }).click()
    await shows(page, ['Fragile, with care'])
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ id: task?.id, title: 'Fragile, with care' }])
  })
})
