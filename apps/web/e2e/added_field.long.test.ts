import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { environmentWith } from '../../server/testing/added_fields/environment.ts'
import type { Workspace } from '../src/workspace.ts'
import { buildWithField, serveBuild, type OtherBuild } from './rig/build_with_field.ts'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { add, eventually, setOffline, shows, synced } from './rig/page_steps.ts'
import { readStore } from './rig/stored_data.ts'
import { openTestApp, type TestApp, type TestUser } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

// What adding a field takes: one line in the server's table, one migration, and the constants that the server publishes.
// The screen has no place for this field yet.
const line = `color: { input: text.max(20).nullable(), output: z.string().nullable(), column: 'text', default: null },`
const migration = 'ALTER TABLE taskwire.task ADD COLUMN color text'
const published = `color: { settable: true, required: false, nullable: true, default: null, added: true, type: 'string' }`

describe.skipIf(chromiumPath === undefined)('a field that was added to server and web app', () => {
  let app: TestApp
  let build: OtherBuild
  beforeAll(async () => {
    app = await openTestApp(environmentWith([{ line, migration }]))
    await app.database.pool.query(migration)
    build = await buildWithField(published)
  })
  afterAll(async () => {
    expect(app.consoleErrors).toEqual([])
    await app.close()
    await build.remove()
  })

  /** A user whose page knows the field and shows one task. */
  async function userWithTask() {
    const user = await app.user({ serviceWorkers: 'block' })
    await serveBuild(user.page, build)
    await user.page.reload()
    await add(user.page, 'Paint')
    await synced(user.page)
    const read = async () => ((await user.rest('GET', '/tasks')) as { id: number }[])[0]
    const id = (await read())?.id ?? 0
    return { ...user, read, change: (fields: object) => user.rest('PATCH', `/tasks/${id}`, fields) }
  }

  test('an offline edit of it merges with a change of another field, and Ctrl+Z undoes only the edit', async () => {
    const user = await userWithTask()
    const { page, read, change } = user
    await setOffline(user, true)
    await editColor(page, 'red')
    await change({ title: 'Paint the fence' })
    await setOffline(user, false)
    await eventually(async () =>
      expect(await read()).toMatchObject({ title: 'Paint the fence', color: 'red', version: 3 }),
    )
    await shows(page, ['Paint the fence'])
    await synced(page)
    await page.keyboard.press('Control+z')
    await eventually(async () =>
      expect(await read()).toMatchObject({ title: 'Paint the fence', color: null, version: 4 }),
    )
  })

  test('two edits of it are a conflict under a generic label, and the chosen one is kept', async () => {
    const user = await userWithTask()
    await makeConflict(user, { mine: 'red', theirs: 'blue', change: user.change })
    const { page, read } = user
    await page.getByRole('button', { name: 'Keep my version' }).click()
    await eventually(async () => expect(await read()).toMatchObject({ color: 'red', version: 3 }))
    await synced(page)
    await page.keyboard.press('Control+z')
    await eventually(async () => expect(await read()).toMatchObject({ color: 'blue', version: 4 }))
    await synced(page)

    await makeConflict(user, { mine: 'green', theirs: 'yellow', change: user.change })
    await page.getByRole('button', { name: 'Keep server version' }).click()
    await eventually(async () => expect(await readStore(page, 'task')).toMatchObject([{ color: 'yellow', version: 5 }]))
    expect(await readStore(page, 'write')).toEqual([])
    expect(await read()).toMatchObject({ color: 'yellow', version: 5 })
    // What was given up is nothing to undo: the latest write of this page is the creation.
    await page.keyboard.press('Control+z')
    await shows(page, [])
  })
})

interface Conflict {
  readonly mine: string
  readonly theirs: string
  readonly change: (fields: object) => Promise<unknown>
}

async function makeConflict(user: TestUser, { mine, theirs, change }: Conflict): Promise<void> {
  const { page } = user
  await setOffline(user, true)
  await editColor(page, mine)
  await change({ color: theirs })
  await setOffline(user, false)
  await page.getByRole('dialog', { name: 'This task was changed elsewhere' }).waitFor()
  await eventually(async () =>
    expect(await differences(page)).toEqual([
      ['Field “color”', mine],
      ['Field “color”', theirs],
    ]),
  )
}

/** Does what an editor of the field would do, and waits until the write is stored in the browser. */
async function editColor(page: Page, color: string): Promise<void> {
  await page.evaluate((value) => {
    const { replica, dispatch } = (globalThis as unknown as { workspace: Workspace }).workspace
    const [base] = replica.snapshot().tasks
    if (base === undefined) throw new Error('There is no task')
    const fields: object = { color: value }
    dispatch(base.id, { kind: 'edit', fields }, base)
  }, color)
  await eventually(async () =>
    expect(await readStore(page, 'write')).toMatchObject([{ intent: { fields: { color } } }]),
  )
}

function differences(page: Page): Promise<(string | null | undefined)[][]> {
  return page
    .locator('dd[data-differs]')
    .evaluateAll((cells) => cells.map((cell) => [cell.previousElementSibling?.textContent, cell.textContent]))
}
