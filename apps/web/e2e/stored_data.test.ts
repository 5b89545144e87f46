import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { add, eventually, shows, synced } from './rig/page_steps.ts'
import { readStore, writeStores } from './rig/stored_data.ts'
import { openTestApp, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

interface Task {
  readonly id: number
  readonly title: string
}

describe.skipIf(chromiumPath === undefined)('what another build of the web app stored', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await openTestApp()
  })
  afterEach(() => app.closeWindows())
  afterAll(() => app.close())

  /** Waits until the tasks are stored, and returns the stored position in the log. */
  async function storedPosition(page: Page, tasks: number): Promise<Readonly<Record<string, unknown>>> {
    await synced(page)
    await eventually(async () => expect(await readStore(page, 'task')).toHaveLength(tasks))
    const [position] = await readStore(page, 'place')
    return position ?? {}
  }

  test('tasks stored by a build with other fields are loaded again from the server', async () => {
    const { page } = await app.user()
    await add(page, 'First', 'Second')
    const position = await storedPosition(page, 2)
    const [task] = await readStore(page, 'task')
    await writeStores(page, {
      task: [{ ...task, title: 'Stale' }],
      place: [{ ...position, shape: 'id title' }],
    })
    await page.reload()
    await shows(page, ['Second', 'First'])
    await synced(page)
    await eventually(async () => expect((await readStore(page, 'place'))[0]?.['shape']).toBe(position['shape']))
    expect((await readStore(page, 'task')).map(({ title }) => String(title)).toSorted()).toEqual(['First', 'Second'])
  })

  test('tasks and waiting writes of the first build, which stored no fields by name, are upgraded', async () => {
    const { page, id, rest } = await app.user()
    await add(page, 'Call', 'Stay')
    const { seq } = await storedPosition(page, 2)
    const tasks = (await rest('GET', '/tasks')) as Task[]
    const call = tasks.find(({ title }) => title === 'Call')
    await rest('PATCH', `/tasks/${call?.id}`, { description: 'After four' })
    await page.getByText('After four').waitFor()
    const write = { user_id: id, tab: 'closed' }
    await writeStores(page, {
      task: [{ ...tasks.find(({ title }) => title === 'Stay'), title: 'Stale' }],
      place: [{ user_id: id, seq }],
      write: [
        {
          ...write,
          key: 'older-edit',
          at: 1,
          task_id: call?.id,
          base: call,
          intent: { kind: 'edit', title: 'Call back', description: null },
        },
        {
          ...write,
          key: 'older-create',
          at: 2,
          task_id: -7,
          base: null,
          intent: { kind: 'create', title: 'Made earlier', description: 'Offline' },
        },
      ],
    })
    await page.reload()
    await shows(page, ['Made earlier', 'Stay', 'Call back'])
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([
      { title: 'Made earlier', description: 'Offline' },
      { title: 'Stay' },
      { title: 'Call back', description: 'After four' },
    ])
    await eventually(async () => expect(await readStore(page, 'write')).toEqual([]))
  })
})
