import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildWithField, serveBuild, type OtherBuild } from './rig/build_with_field.ts'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { add, eventually, shows, synced } from './rig/page_steps.ts'
import { readStore, writeStores } from './rig/stored_data.ts'
import { openTestApp, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

const field = "color: { settable: true, required: false, nullable: true, default: null, added: true, type: 'string' }"

describe.skipIf(chromiumPath === undefined)('a build of the web app whose table has one more field', () => {
  let app: TestApp
  let build: OtherBuild
  beforeAll(async () => {
    app = await openTestApp()
    build = await buildWithField(field)
  })
  afterAll(async () => {
    await app.close()
    await build.remove()
  })

  test('it loads the tasks of the build before anew, and shows a conflict in the field under a generic label', async () => {
    const { page, id } = await app.user({ serviceWorkers: 'block' })
    await add(page, 'Paint')
    await synced(page)
    await eventually(async () => expect(await readStore(page, 'task')).toHaveLength(1))
    const [task] = await readStore(page, 'task')
    const [{ shape } = {}] = await readStore(page, 'place')
    await serveBuild(page, build)
    const base = { ...task, color: null }
    await writeStores(page, {
      task: [{ ...task, title: 'Stale' }],
      write: [
        {
          user_id: id,
          tab: 'closed',
          key: 'edit',
          at: 1,
          task_id: task?.['id'],
          base,
          intent: { kind: 'edit', fields: { color: 'red' } },
          conflict: { ...base, title: 'Paint the fence', color: 'blue', version: 2 },
        },
      ],
    })
    await page.reload()
    const dialog = page.getByRole('dialog', { name: 'This task was changed elsewhere' })
    await dialog.waitFor()
    await eventually(async () =>
      expect(await differences(page)).toEqual([
        ['Field “color”', 'red'],
        ['Field “color”', 'blue'],
      ]),
    )
    await dialog.getByRole('button', { name: 'Keep server version' }).click()
    await shows(page, ['Paint'])
    await eventually(async () =>
      expect((await readStore(page, 'place'))[0]?.['shape']).toBe(
        `color ${String(shape)}`.split(' ').toSorted().join(' '),
      ),
    )
  })
})

function differences(page: Page): Promise<(string | null | undefined)[][]> {
  return page
    .locator('dd[data-differs]')
    .evaluateAll((cells) => cells.map((cell) => [cell.previousElementSibling?.textContent, cell.textContent]))
}
