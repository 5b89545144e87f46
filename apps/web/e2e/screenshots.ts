import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, test } from 'vitest'
import { openTestApp, type TestApp } from './rig/test_app.ts'
import { views } from './rig/views.ts'

const folder = fileURLToPath(new URL('../../../docs/screenshots/', import.meta.url))

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

test('the screenshot of the README shows a list of tasks', async () => {
  const user = await app.user({
    viewport: { width: 1240, height: 760 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
  })
  const list = views.find(({ name }) => name === 'tasks')
  await list?.show(user)
  await user.page.screenshot({ path: `${folder}tasks-wide-light.jpg`, type: 'jpeg', quality: 72 })
})
